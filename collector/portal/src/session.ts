import type { Me } from '@tillwatch/shared/api'
import { createContext, use } from 'react'

/** Who is signed in; null outside the pages that need somebody. */
export const SessionContext = createContext<Me | null>(null)

/** Who is signed in, and what they may do. */
export function useMe(): { me: Me; mayWork: boolean; mayAdminister: boolean } {
  const me = use(SessionContext)
  if (!me) throw new Error('no session around this page')
  return { me, mayWork: me.role !== 'viewer', mayAdminister: me.role === 'administrator' }
}
