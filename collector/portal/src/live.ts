import type { QueryClient } from '@tanstack/react-query'
import { type LiveEvent, liveEvent } from '@tillwatch/shared/api'
import { useEffect, useState } from 'react'

/** State of the stream of changes: `lost` means that what the page shows may be old. */
export type LiveState = 'connecting' | 'live' | 'lost'

/** Queries that an event makes stale. */
export function staleQueries(event: LiveEvent): readonly (readonly string[])[] {
  switch (event.topic) {
    case 'item':
      return [['summary'], ['fleet'], ['terminal', event.agentId], ['commands', event.agentId], ['series', event.id]]
    case 'incident':
      return [['summary'], ['fleet'], ['incidents'], ['incident', event.id], ['terminal']]
    case 'agent':
      return [['summary'], ['fleet'], ['terminal', event.id], ['commands', event.id], ['directory']]
    case 'delivery':
      return [['incident'], ['desks']]
  }
}

/** A burst of events asks the collector once. */
const GATHER_MS = 2_000
const REOPEN_MS = 5_000

function parseEvent(text: string): LiveEvent | null {
  try {
    return liveEvent.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

/** Keeps shown answers fresh while the page is open and tells whether it works. */
export function useLive(queryClient: QueryClient): LiveState {
  const [state, setState] = useState<LiveState>('connecting')
  useEffect(() => {
    const gathered = new Map<string, readonly string[]>()
    let source: EventSource | undefined
    let flushTimer: number | undefined
    let reopenTimer: number | undefined
    let wasLost = false

    const flush = () => {
      flushTimer = undefined
      for (const queryKey of gathered.values()) void queryClient.invalidateQueries({ queryKey })
      gathered.clear()
    }
    const open = () => {
      const opened = new EventSource('/api/live')
      source = opened
      opened.onopen = () => {
        setState('live')
        if (wasLost) void queryClient.invalidateQueries()
        wasLost = false
      }
      opened.onmessage = message => {
        const event = parseEvent(String(message.data))
        if (!event) return
        for (const queryKey of staleQueries(event)) gathered.set(queryKey.join('/'), queryKey)
        flushTimer ??= window.setTimeout(flush, GATHER_MS)
      }
      opened.onerror = () => {
        wasLost = true
        setState('lost')
        // The browser reconnects by itself unless the server refused; then it is for us to try again.
        if (opened.readyState === EventSource.CLOSED) reopenTimer = window.setTimeout(open, REOPEN_MS)
      }
    }
    open()
    return () => {
      source?.close()
      window.clearTimeout(flushTimer)
      window.clearTimeout(reopenTimer)
    }
  }, [queryClient])
  return state
}
