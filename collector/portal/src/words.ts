import { useTranslation } from 'react-i18next'
import type { ValueWords } from './fact-text.ts'

/** Words for values of facts in the language of the page. */
export function useValueWords(): ValueWords {
  const { t } = useTranslation()
  return {
    confirmed: t('terminal.confirmed'),
    denied: t('terminal.denied'),
    none: t('common.none'),
    unknown: t('terminal.unknownValue'),
  }
}
