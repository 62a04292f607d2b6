import { startMockServer } from './mock-server.ts'

const server = await startMockServer({
  startedAtMs: Date.now(),
  signedIn: true,
  port: Number(process.env['PORT'] ?? 4174),
})
console.log(`The built portal with invented data: ${server.url}`)
