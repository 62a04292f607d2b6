import { readFile } from 'node:fs/promises'
import { AppError } from '@tillwatch/shared'
import { runbook, runbookName } from '@tillwatch/shared/api'
import { z } from 'zod'
import type { ApiApp } from '../http-options.ts'

const RUNBOOKS = new URL('../../../../docs/runbooks/', import.meta.url)

/** What to do about each kind of incident, as written for people. */
export function registerRunbooks(app: ApiApp): void {
  app.get(
    '/api/runbooks/:name',
    {
      config: { access: 'viewer' },
      schema: {
        tags: ['incidents'],
        summary: 'What to do about a kind of incident, in both languages',
        // No slash and no leading dot: the name cannot leave the folder.
        params: z.object({ name: runbookName }),
        response: { 200: runbook },
      },
    },
    async request => {
      try {
        return { markdown: await readFile(new URL(`${request.params.name}.md`, RUNBOOKS), 'utf8') }
      } catch (cause) {
        throw new AppError('runbook.unknown', 'there is no such runbook', {
          cause,
          nextStep: 'The files are in docs/runbooks, named as the rules.',
        })
      }
    },
  )
}
