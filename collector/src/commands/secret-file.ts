import { existsSync, writeFileSync } from 'node:fs'
import { fileTrouble, SpokenError } from '@tillwatch/shared'

/**
 * Writes what is shown nowhere else into a new file for this account alone. Throws what `exists` names for a file that is there, and what
 * `unwritable` names where none can be made.
 */
export function writeSecretFile(file: string, text: string, codes: { exists: string; unwritable: string }): void {
  try {
    writeFileSync(file, text, { mode: 0o600, flag: 'wx' })
  } catch (cause) {
    if (existsSync(file)) {
      throw new SpokenError(
        codes.exists,
        { ru: `${file} уже есть`, en: `${file} is there already` },
        {
          ru: 'Дайте другое имя в --out: такой файл никогда не переписывается.',
          en: 'Give another name with --out: such a file is never overwritten.',
        },
        { cause },
      )
    }
    const why = fileTrouble(cause)
    throw new SpokenError(
      codes.unwritable,
      { ru: `${file} не записать: ${why.ru}`, en: `cannot write ${file}: ${why.en}` },
      {
        ru: 'Проверьте, что каталог есть и в него можно писать. Ничего не изменено.',
        en: 'Check that its folder is there and may be written to. Nothing was changed.',
      },
      { cause },
    )
  }
}
