import { defineConfig } from 'vitest/config'

/** Files at a time: one for each of two cores where tests compute, more where they wait for lines and time-outs of the real clock. */
const COMPUTING = 2
const WAITING = 6

interface Pace {
  readonly testTimeout?: number
  readonly maxWorkers?: number
  /** Projects of one stage run side by side; stages one after another. */
  readonly stage?: number
}

/** Test projects, quickest first. `pnpm exec vitest run --project NAME` runs one of them alone. */
const project = (name: string, include: string[], pace: Pace = {}) => {
  const { testTimeout = 10_000, maxWorkers = COMPUTING, stage = 0 } = pace
  return {
    test: {
      name,
      include,
      testTimeout,
      maxWorkers,
      sequence: { groupOrder: stage },
      hookTimeout: Math.max(testTimeout, 30_000),
      exclude: ['**/node_modules/**', '**/dist/**'],
    },
  }
}

export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      project('arch', ['test/arch/**/*.test.ts']),
      project('unit', [
        '{shared,rules,agent,collector,installers}/**/src/**/*.test.ts',
        'installers/**/*.test.ts',
        'test/simulators/**/*.test.ts',
        'test/demo/**/*.test.ts',
      ]),
      project('contract', ['test/contract/**/*.test.ts'], { testTimeout: 30_000, maxWorkers: WAITING, stage: 1 }),
      project('integration', ['test/integration/**/*.test.ts'], { testTimeout: 60_000, stage: 2 }),
      project('fault', ['test/fault/**/*.test.ts'], { testTimeout: 120_000, stage: 2 }),
      project('sim', ['test/sim/**/*.test.ts'], { testTimeout: 120_000, stage: 4 }),
      project('desk', ['test/desk/**/*.test.ts'], { testTimeout: 180_000, stage: 3 }),
      project('e2e', ['test/e2e/**/*.test.ts'], { testTimeout: 180_000, stage: 3 }),
    ],
  },
})
