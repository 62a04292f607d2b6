import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

/** `vite dev` alone answers the API with invented data; TILLWATCH_API=http://127.0.0.1:8080 asks a real collector instead. */
const collectorUrl = process.env['TILLWATCH_API']

const mockApi = (): Plugin => ({
  name: 'tillwatch-mock-api',
  apply: 'serve',
  async configureServer(server) {
    if (collectorUrl) return
    const { createMockApi } = await import('./mock/mock-api.ts')
    const api = createMockApi({ startedAtMs: Date.now(), signedIn: true })
    server.middlewares.use((request, response, next) => {
      if (!api.handle(request, response)) next()
    })
  },
})

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react(), mockApi()],
  server: collectorUrl ? { proxy: { '/api': { target: collectorUrl, changeOrigin: true } } } : {},
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    // Nothing as a data: URL: the content security policy stays short.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules.*[\\/](react|react-dom|scheduler)[\\/]/ },
            { name: 'mantine', test: /node_modules.*[\\/](@mantine|@floating-ui|clsx)[\\/]/ },
            { name: 'chart', test: /node_modules.*[\\/]uplot[\\/]/ },
          ],
        },
      },
    },
  },
})
