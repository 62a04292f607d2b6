import { readFileSync, writeFileSync } from 'node:fs'
import { asyncApi } from './asyncapi.ts'
import { prioritiesDocument } from './priorities.ts'

/** `pnpm run docs`: writes the documents that are made from code. A test says when they have fallen behind. */
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}
writeFileSync(
  new URL('../../docs/wire/asyncapi.json', import.meta.url),
  `${JSON.stringify(asyncApi(version), null, 2)}\n`,
)
writeFileSync(new URL('../../docs/priorities.md', import.meta.url), prioritiesDocument())
