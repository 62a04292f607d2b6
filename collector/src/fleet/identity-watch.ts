import type { EpochMs } from '@tillwatch/shared'

/** How far an agent's own numbering was seen, and when it last went back. */
export interface IdentityTrace {
  readonly epoch: number
  readonly next: number
  readonly wentBackAt: EpochMs | null
}

/** Going back twice within this time is no single restored image. */
const AGAIN_MS = 60 * 60_000

/**
 * A hello against what was seen before. One holder of an identity only goes forward; a restored disk image goes back once, with its
 * old connection dead; two live holders go back again and again, or push a live connection out while doing it.
 */
export function afterHello(
  trace: IdentityTrace,
  hello: { readonly epoch: number; readonly next: number; readonly tookOver: boolean },
  now: EpochMs,
): { readonly trace: IdentityTrace; readonly duplicate: boolean } {
  const wentBack = hello.epoch < trace.epoch || (hello.epoch === trace.epoch && hello.next < trace.next)
  if (!wentBack) {
    return { trace: { epoch: hello.epoch, next: hello.next, wentBackAt: trace.wentBackAt }, duplicate: false }
  }
  const again = trace.wentBackAt !== null && now - trace.wentBackAt < AGAIN_MS
  return { trace: { ...trace, wentBackAt: now }, duplicate: hello.tookOver || again }
}
