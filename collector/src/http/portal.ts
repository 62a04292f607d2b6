import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import { AppError } from '@tillwatch/shared'
import type { FastifyInstance } from 'fastify'

const BUILT_PORTAL = fileURLToPath(new URL('../../portal/dist', import.meta.url))

const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Tillwatch</title>
<body style="font-family:sans-serif;max-width:40em;margin:4em auto;line-height:1.5">
<h1>The collector runs; the portal is not built yet</h1>
<p>Run <code>pnpm build</code> in the folder of Tillwatch and load this page again. The API works already: <a href="/api/docs">/api/docs</a>.</p>
<h1 lang="ru">Коллектор работает; портал ещё не собран</h1>
<p lang="ru">Выполните <code>pnpm build</code> в каталоге Tillwatch и обновите страницу. API уже работает: <a href="/api/docs">/api/docs</a>.</p>`

/** Addresses that are never a page of the portal. */
const isMachineAddress = (path: string): boolean => /^\/(api|assets|health|metrics)(\/|$)/.test(path)

/**
 * Serves the built portal: its files, and its one page for every address that is none of them, because the portal knows its own addresses.
 * Everything else that is not found is answered in JSON.
 */
export function addPortal(app: FastifyInstance, portalDir: string = BUILT_PORTAL): void {
  const built = existsSync(join(portalDir, 'index.html'))
  if (built) {
    void app.register(fastifyStatic, {
      root: portalDir,
      dotfiles: 'ignore',
      cacheControl: false,
      index: 'index.html',
      schemaHide: true,
      setHeaders: (reply, path) => {
        const named = path.startsWith(join(portalDir, 'assets'))
        void reply.header('cache-control', named ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    })
  }
  app.setNotFoundHandler(async (request, reply) => {
    const path = request.url.split('?')[0] ?? '/'
    const isPage = (request.method === 'GET' || request.method === 'HEAD') && !isMachineAddress(path)
    if (!isPage) throw new AppError('route.unknown', 'there is nothing at this address')
    if (built) return reply.sendFile('index.html', portalDir)
    return reply.code(503).type('text/html; charset=utf-8').send(NOT_BUILT)
  })
}
