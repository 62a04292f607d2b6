import type { RulesView } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'

/** Whom a file of rules is for, in words. */
export function Audience({ of }: { readonly of: RulesView['files'][number]['for'] }) {
  const { t } = useTranslation()
  if (of === null) return t('rules.everybody')
  const parts = [
    of.client === undefined ? null : t('rules.forClient', { code: of.client }),
    of.site === undefined ? null : t('rules.forSite', { code: of.site }),
  ].filter(part => part !== null)
  return parts.length > 0 ? parts.join(', ') : t('rules.forTenant', { code: of.tenant })
}
