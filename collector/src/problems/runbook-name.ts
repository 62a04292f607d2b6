/** Name of a runbook from the path that a rule gives: `runbooks/fn.expiry.md` is `fn.expiry`; null for none. */
export const runbookName = (path: string): string | null => path.split('/').at(-1)?.replace(/\.md$/, '') || null
