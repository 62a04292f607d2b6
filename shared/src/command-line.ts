import type { Language } from './measures.ts'

/** What `--lang` may be given. */
export const LANGUAGES = ['ru', 'en'] as const satisfies readonly Language[]

/**
 * The language in which a command speaks unless it is told with `--lang`: that of the environment's locale, of which every language but
 * Russian means English; Russian where none is set, as on Windows and under the locales `C` and `POSIX`.
 */
export function languageOf(environment: Readonly<Record<string, string | undefined>>): Language {
  // The first that is set and not empty holds, as in every POSIX program.
  const locale = environment['LC_ALL'] || environment['LC_MESSAGES'] || environment['LANG'] || 'C'
  return /^(?:ru|C|POSIX)(?![a-z])/i.test(locale) ? 'ru' : 'en'
}

/** A stream as far as its failures go. */
interface FailingStream {
  on(event: 'error', hear: (error: Error & { readonly code?: string }) => void): unknown
}

/** Whoever reads our words may go away before the end, as `head` does. Nothing is wrong then: the rest is not said, and the exit code stays. */
export function bearClosedPipes(...streams: readonly FailingStream[]): void {
  for (const stream of streams) {
    stream.on('error', error => {
      if (error.code !== 'EPIPE' && error.code !== 'EOF' && error.code !== 'ERR_STREAM_DESTROYED') throw error
    })
  }
}
