export interface BackoffPolicy {
  readonly firstMs: number
  readonly capMs: number
  readonly factor: number
  /** Share of the delay that is random, 0..1: 0.3 spreads a delay over -30 %..0 %. */
  readonly jitter: number
}

/** Delay in milliseconds before attempt number `attempt` (0 = first retry). `random` is in [0, 1). */
export function backoffMs(policy: BackoffPolicy, attempt: number, random: number): number {
  const full = Math.min(policy.capMs, policy.firstMs * policy.factor ** Math.max(0, attempt))
  return Math.round(full * (1 - policy.jitter * random))
}
