import { Text } from '@mantine/core'
import type { ProblemSignature, VersionRange } from '@tillwatch/shared/api'
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import { useClassName } from '../../cause-words.ts'
import { useLanguage } from '../../i18n/i18n.ts'
import { ruleName } from '../../i18n/rule-names.ts'

type Key = 'causeClass' | 'checks' | 'model' | 'firmware' | 'driver' | 'posApp' | 'posVersion' | 'errorCode' | 'ofd'

/** What a problem is recognised by, line by line; what it leaves open is left out. */
export function SignatureWords({ signature }: { signature: ProblemSignature | null }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const className = useClassName()
  if (!signature) return <Text c="dimmed">{t('problemBook.noSignature')}</Text>
  const range = (versions: VersionRange | null) => {
    if (!versions) return null
    if (versions.from === versions.to) return versions.from
    return t('problemBook.range', { from: versions.from ?? '…', to: versions.to ?? '…' })
  }
  const { causeClass, checks, model, firmware, driver, posApp, posVersion, errorCode, ofd } = signature
  const lines: readonly (readonly [Key, string | null])[] = [
    ['causeClass', causeClass && className(causeClass)],
    ['checks', checks.map(check => ruleName(check, language)).join(', ')],
    ['model', model],
    ['firmware', range(firmware)],
    ['driver', range(driver)],
    ['posApp', posApp],
    ['posVersion', range(posVersion)],
    ['errorCode', errorCode],
    ['ofd', ofd],
  ]
  return (
    <dl className="tw-details">
      {lines
        .filter(([, value]) => value)
        .map(([key, value]) => (
          <Fragment key={key}>
            <dt>{t(`problemBook.${key}`)}</dt>
            <dd className="tw-wrap">{value}</dd>
          </Fragment>
        ))}
    </dl>
  )
}
