import { Paper, Select, Text, Title } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import type { TemplateKind, TemplateLanguage, TemplateProblem } from '@tillwatch/shared/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLanguage } from '../../i18n/i18n.ts'
import { useIncidents } from '../../queries.ts'
import { useTemplatePreview } from '../../template-api.ts'
import { ErrorNotice } from '../../widgets/notice.tsx'

/** A pause in typing after which the draft is asked about. */
export const PAUSE_MS = 350
const SAMPLE = ''

/** Why a draft cannot be saved, line by line. */
function Problems({ problems }: { problems: readonly TemplateProblem[] }) {
  const { t } = useTranslation()
  const language = useLanguage()
  return (
    <div className="tw-note" data-tone="red" role="status">
      <Text fw={500} fz="sm">
        {t('templates.problems')}
      </Text>
      <ul className="tw-bullets">
        {problems.map(({ line, column, reason }) => (
          <li key={`${line} ${column} ${reason.en}`} className="tw-wrap">
            {line === 0 ? '' : `${t('templates.line', { line })}: `}
            {reason[language]}
          </li>
        ))}
      </ul>
    </div>
  )
}

interface TemplatePreviewProps {
  readonly kind: TemplateKind
  readonly language: TemplateLanguage
  readonly text: string
}

/** The draft as a desk would get it, on the sample or on an incident of the list. */
export function TemplatePreview({ kind, language, text }: TemplatePreviewProps) {
  const { t } = useTranslation()
  const own = useLanguage()
  const [incidentId, setIncidentId] = useState(SAMPLE)
  const [draft] = useDebouncedValue(text, PAUSE_MS)
  const preview = useTemplatePreview({ kind, language, text: draft, incidentId: incidentId || null })
  const incidents = useIncidents({}).data?.pages[0]?.rows ?? []
  const told = preview.data?.text
  return (
    <Paper component="section" aria-label={t('templates.preview')}>
      <Title order={2}>{t('templates.preview')}</Title>
      <Select
        my="sm"
        label={t('templates.onWhat')}
        searchable
        allowDeselect={false}
        value={incidentId}
        onChange={chosen => setIncidentId(chosen ?? SAMPLE)}
        data={[
          { value: SAMPLE, label: t('templates.sample') },
          ...incidents.map(({ id, number, title }) => ({ value: id, label: `№${number} · ${title[own]}` })),
        ]}
      />
      {preview.error ? <ErrorNotice thrown={preview.error} onRetry={() => void preview.refetch()} /> : null}
      {preview.data && preview.data.problems.length > 0 ? <Problems problems={preview.data.problems} /> : null}
      {told ? (
        <pre className="tw-ticket-text" lang={language}>
          {told}
        </pre>
      ) : preview.data ? (
        <Text c="dimmed">{t('templates.noPreview')}</Text>
      ) : null}
    </Paper>
  )
}
