import { runbookName as nameOfRunbook } from '@tillwatch/shared/api'

/** Name of a runbook from the path that a rule gives: `runbooks/fn.expiry.md` is `fn.expiry`; null for none, and for what is no runbook of ours. */
export function runbookName(path: string): string | null {
  const name = nameOfRunbook.safeParse(path.split('/').at(-1)?.replace(/\.md$/, ''))
  return name.success ? name.data : null
}
