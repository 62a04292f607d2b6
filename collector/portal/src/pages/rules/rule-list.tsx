import { Badge, Paper, Stack, Text, TextInput, Title } from '@mantine/core'
import { IconSearch, IconZoomQuestion } from '@tabler/icons-react'
import type { RuleView } from '@tillwatch/shared/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useClassName } from '../../cause-words.ts'
import { usePick } from '../../i18n/i18n.ts'
import { EmptyNotice } from '../../widgets/notice.tsx'
import { Audience } from './audience.tsx'

const LEVEL_COLORS: Readonly<Record<string, string>> = { critical: 'red', important: 'orange', minor: 'yellow' }

function Levels({ rule }: { readonly rule: RuleView }) {
  const { t } = useTranslation()
  const pick = usePick()
  return (
    <ul className="tw-steps">
      {rule.levels.map(({ level, name, set, clear, hold }) => (
        <li key={name.en}>
          <Badge variant="light" color={LEVEL_COLORS[level] ?? 'gray'} tt="none" fw={500}>
            {pick(name)}
          </Badge>{' '}
          <span className="tw-wrap">
            {pick(set)}, {hold ? t('rules.holds', { text: pick(hold) }) : t('rules.atOnce')}.
          </span>
          <Text fz="sm" c="dimmed" className="tw-wrap">
            {t('rules.clears', { text: clear ? pick(clear) : t('rules.clearsAlone') })}
          </Text>
        </li>
      ))}
    </ul>
  )
}

function Rule({ rule }: { readonly rule: RuleView }) {
  const { t } = useTranslation()
  const pick = usePick()
  return (
    <Paper component="section" aria-label={rule.id}>
      <Title order={4} fz="md" className="tw-wrap">
        {pick(rule.component)} <code>{rule.id}</code>{' '}
        {rule.for ? (
          <Badge variant="light" tt="none" fw={500}>
            <Audience of={rule.for} />
          </Badge>
        ) : null}
      </Title>
      {rule.when ? (
        <Text fz="sm" className="tw-wrap">
          {t('rules.applies', { text: pick(rule.when) })}
        </Text>
      ) : null}
      <Levels rule={rule} />
      <Text fz="sm" c="dimmed" className="tw-wrap">
        {rule.clearHold ? `${t('rules.clearHold', { text: pick(rule.clearHold) })} · ` : ''}
        {t('rules.file', { file: rule.file })}
        {rule.changedBy.length > 0 ? ` · ${t('rules.changedBy', { files: rule.changedBy.join(', ') })}` : ''}
      </Text>
    </Paper>
  )
}

/** Rules by class of cause, with thresholds as people read them. */
export function RuleList({ rules }: { readonly rules: readonly RuleView[] }) {
  const { t } = useTranslation()
  const className = useClassName()
  const [search, setSearch] = useState('')
  const wanted = search.trim().toLowerCase()
  const found = rules.filter(rule => JSON.stringify(rule).toLowerCase().includes(wanted))
  const classes = [...new Set(found.map(rule => rule.causeClass))]
  return (
    <section aria-label={t('rules.list')}>
      <Title order={2} mb="xs">
        {t('rules.list')}
      </Title>
      <TextInput
        aria-label={t('rules.search')}
        placeholder={t('rules.search')}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={search}
        onChange={event => setSearch(event.currentTarget.value)}
        maw={360}
        mb="md"
      />
      {found.length === 0 ? (
        <EmptyNotice icon={IconZoomQuestion} title={t('rules.nothingFound')} text={t('rules.nothingFoundText')} />
      ) : null}
      <Stack gap="lg">
        {classes.map(causeClass => (
          <Stack key={causeClass} gap="sm" component="section" aria-label={className(causeClass)}>
            <Title order={3}>{className(causeClass)}</Title>
            {found
              .filter(rule => rule.causeClass === causeClass)
              .map(rule => (
                <Rule key={`${rule.id} ${rule.file}`} rule={rule} />
              ))}
          </Stack>
        ))}
      </Stack>
    </section>
  )
}
