import { defineConfig } from 'vitest/config'

/** Test projects, quickest first. `pnpm exec vitest run --project NAME` runs one of them alone. */
const project = (name: string, include: string[], testTimeout = 10_000) => ({
  test: {
    name,
    include,
    testTimeout,
    hookTimeout: Math.max(testTimeout, 30_000),
    exclude: ['**/node_modules/**', '**/dist/**'],
  },
})

export default defineConfig({
  test: {
    maxWorkers: 2,
    reporters: ['default'],
    projects: [
      project('arch', ['test/arch/**/*.test.ts']),
      project('unit', [
        '{shared,rules,agent,collector,installers}/**/src/**/*.test.ts',
        'installers/**/*.test.ts',
        'test/simulators/**/*.test.ts',
        'test/demo/**/*.test.ts',
      ]),
      project('contract', ['test/contract/**/*.test.ts'], 30_000),
      project('integration', ['test/integration/**/*.test.ts'], 60_000),
      project('fault', ['test/fault/**/*.test.ts'], 120_000),
      project('desk', ['test/desk/**/*.test.ts'], 180_000),
      project('e2e', ['test/e2e/**/*.test.ts'], 180_000),
    ],
  },
})
