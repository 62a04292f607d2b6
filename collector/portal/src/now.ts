import { useSyncExternalStore } from 'react'

/** Wall clock of the browser, in milliseconds: the one place of the portal that reads it. */
export const nowMs = (): number => Date.now()

const STEP_MS = 15_000
let current = nowMs()
const listeners = new Set<() => void>()
let timer: number | undefined

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= window.setInterval(() => {
    current = nowMs()
    for (const each of listeners) each()
  }, STEP_MS)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    window.clearInterval(timer)
    timer = undefined
  }
}

/** The present, to a quarter of a minute; ages and countdowns on a page move together. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => {
    const real = nowMs()
    if (real - current > STEP_MS) current = real
    return current
  })
}

/** IANA name of the browser's time zone. */
export const browserZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone
