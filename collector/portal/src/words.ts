import type { ValueWords } from '@tillwatch/shared/words'
import { useTranslation } from 'react-i18next'

/** Words for values of facts in the language of the page. */
export function useValueWords(): ValueWords & { readonly unknown: string } {
  const { t } = useTranslation()
  return {
    confirmed: t('terminal.confirmed'),
    denied: t('terminal.denied'),
    none: t('common.none'),
    unknown: t('terminal.unknownValue'),
  }
}
