import { useTranslation } from 'react-i18next'
import { texts } from './i18n/texts.ts'

type KnownClass = keyof typeof texts.ru.rules.classes
const isKnownClass = (name: string): name is KnownClass => Object.hasOwn(texts.ru.rules.classes, name)

/** Classes of causes that the portal has words for. */
export const KNOWN_CLASSES = Object.keys(texts.ru.rules.classes)

/** What people call a class of causes; a class that the portal does not know keeps its own name. */
export function useClassName(): (causeClass: string) => string {
  const { t } = useTranslation()
  return causeClass => (isKnownClass(causeClass) ? t(`rules.classes.${causeClass}`) : causeClass)
}
