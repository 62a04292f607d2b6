import { expect, test } from 'vitest'
import { startNode } from '../stack/child-process.ts'
import { eventually } from '../stack/eventually.ts'

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('what a killed demonstration or suite had started ends with it', async () => {
  const module = new URL('../stack/child-process.ts', import.meta.url).href
  const script = `
    const { startNode } = await import(${JSON.stringify(module)})
    const child = startNode(['test/simulators/main.ts', 'register', '--protocol', 'shtrih-m', '--listen', 'tcp://127.0.0.1:0'])
    await child.line(/"ready":\\s*true/)
    console.log('pid ' + child.pid)`
  const parent = startNode(['--input-type=module', '--eval', script])
  const pid = Number((await parent.line(/^pid \d+$/)).slice(4))
  expect(isRunning(pid)).toBe(true)
  await parent.kill()
  await eventually('the end of the child', () => !isRunning(pid))
})
