import { Button, Paper, Text, Title } from '@mantine/core'
import type { AgreementEntry } from '@tillwatch/shared/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAgreementHistory } from '../../agreement-queries.ts'
import { usePick } from '../../i18n/i18n.ts'
import { useMe } from '../../session.ts'
import { Moment } from '../../widgets/moment.tsx'

const SHOWN = 5

function History({ kind }: { readonly kind: AgreementEntry['kind'] }) {
  const { t } = useTranslation()
  const pick = usePick()
  const [all, setAll] = useState(false)
  const entries = useAgreementHistory().data?.filter(entry => entry.kind === kind) ?? []
  if (entries.length === 0) return null
  return (
    <Paper component="section" aria-label={t('contracts.history')}>
      <Title order={2}>{t('contracts.history')}</Title>
      <ul className="tw-list">
        {(all ? entries : entries.slice(0, SHOWN)).map(({ id, at, actor, code, text }) => (
          <li key={id}>
            <Text fz="sm" c="dimmed">
              <Moment at={at} /> · {actor} · {kind === 'contract' ? t('contracts.one', { number: code }) : code}
            </Text>
            <Text fz="sm" className="tw-wrap tw-sentence">
              {pick(text)}
            </Text>
          </li>
        ))}
      </ul>
      {entries.length > SHOWN && !all ? (
        <Button variant="subtle" size="compact-sm" onClick={() => setAll(true)}>
          {t('common.loadMore')}
        </Button>
      ) : null}
    </Paper>
  )
}

/** Who changed contracts or people, for those who work in support. */
export function AgreementHistory({ kind }: { readonly kind: AgreementEntry['kind'] }) {
  const { mayWork } = useMe()
  return mayWork ? <History kind={kind} /> : null
}
