import { LANGUAGES, languageOf } from '@tillwatch/shared'
import { Option } from 'commander'

/** `--lang`, the same in every command; without it the locale decides. */
export const languageOption = (): Option =>
  new Option('--lang <language>', 'language of the answer (default: that of the locale)')
    .choices(LANGUAGES)
    .default(languageOf(process.env))
