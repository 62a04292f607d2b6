import type { KeyboardEvent } from 'react'

/** Which row comes next for a key, or null when the key is not about rows. */
export function nextRow(key: string, index: number, rows: number): number | null {
  if (rows === 0) return null
  if (key === 'ArrowDown') return Math.min(rows - 1, index + 1)
  if (key === 'ArrowUp') return Math.max(0, index - 1)
  if (key === 'Home') return 0
  if (key === 'End') return rows - 1
  return null
}

/** Arrows, Home and End move the focus between the links marked `data-row`; Enter is the link's own. */
export function onRowKeys(event: KeyboardEvent<HTMLElement>): void {
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row]')]
  const index = rows.indexOf(document.activeElement as HTMLElement)
  if (index < 0) return
  const next = nextRow(event.key, index, rows.length)
  if (next === null) return
  event.preventDefault()
  rows[next]?.focus()
}
