import { Badge, Paper, Stack, Text, Title } from '@mantine/core'
import type { RulesView } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'
import { usePick } from '../../i18n/i18n.ts'
import { Audience } from './audience.tsx'

/** Files that were not taken: where, why, and what holds in their stead. */
export function RefusedFiles({ refused }: { readonly refused: RulesView['refused'] }) {
  const { t } = useTranslation()
  if (refused.length === 0) return null
  return (
    <section aria-label={t('rules.refusedTitle')} className="tw-note" data-tone="red" role="alert">
      <Text fw={600}>{t('rules.refusedTitle')}</Text>
      <Stack gap="xs" mt="xs">
        {refused.map(({ file, problems, inForce }) => (
          <div key={file}>
            <Text fw={500} className="tw-wrap">
              {file}
            </Text>
            <ul className="tw-steps">
              {problems.map(({ line, column, path, reason }) => (
                <li key={`${line}:${column} ${reason}`} className="tw-wrap">
                  {t('rules.place', { line, column })}: {path ? <code>{path}</code> : null} {reason}
                </li>
              ))}
            </ul>
            <Text fz="sm">{t(inForce === 'earlier' ? 'rules.refusedEarlier' : 'rules.refusedNothing')}</Text>
          </div>
        ))}
      </Stack>
      <Text fz="sm" mt="xs">
        {t('rules.refusedNext')}
      </Text>
    </section>
  )
}

function RuleFile({ file }: { readonly file: RulesView['files'][number] }) {
  const { t } = useTranslation()
  const pick = usePick()
  return (
    <Paper component="section" aria-label={file.file}>
      <Title order={3} fz="md" className="tw-wrap">
        {file.file}{' '}
        <Badge variant="light" tt="none" fw={500}>
          <Audience of={file.for} />
        </Badge>
      </Title>
      <Text fz="sm" c="dimmed">
        {t(`rules.${file.kind}`)}
      </Text>
      {file.changes.length === 0 ? <Text fz="sm">{t('rules.noChanges')}</Text> : null}
      <ul className="tw-steps">
        {file.changes.map(({ rule, what, before, after }) => (
          <li key={`${rule} ${what.en}`} className="tw-wrap">
            <code>{rule}</code> {pick(what)}: <b>{after ? pick(after) : '—'}</b>
            {before ? <span className="tw-dim"> ({t('rules.was', { text: pick(before) })})</span> : null}
          </li>
        ))}
      </ul>
    </Paper>
  )
}

/** Files in force; of those that ship only the names. */
export function RuleFiles({ files }: { readonly files: RulesView['files'] }) {
  const { t } = useTranslation()
  const own = files.filter(file => !file.shipped)
  const shipped = files.filter(file => file.shipped).map(({ file }) => file)
  return (
    <section aria-label={t('rules.files')}>
      <Title order={2} mb="xs">
        {t('rules.files')}
      </Title>
      <Stack gap="sm">
        {own.map(file => (
          <RuleFile key={file.file} file={file} />
        ))}
        <Text fz="sm" c="dimmed" className="tw-wrap">
          {shipped.join(', ')}: {t('rules.shipped')}. {own.length === 0 ? t('rules.filesEmpty') : ''}
        </Text>
      </Stack>
    </section>
  )
}
