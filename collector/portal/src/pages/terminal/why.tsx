import { Anchor, Badge, Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import type { ItemRulesView } from '@tillwatch/shared/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { usePick } from '../../i18n/i18n.ts'
import { useItemRules } from '../../queries.ts'
import { Ago, Moment } from '../../widgets/moment.tsx'
import { ErrorNotice } from '../../widgets/notice.tsx'
import { ListSkeleton } from '../../widgets/skeletons.tsx'

type Rule = ItemRulesView['rules'][number]

const COLORS = { fired: 'red', pending: 'yellow', clearing: 'orange', not_fired: 'green', unjudged: 'gray' } as const
/** What people ask about first stands first. */
const ORDER = ['fired', 'clearing', 'pending', 'unjudged', 'not_fired'] as const

function Facts({ facts, timeZone }: { readonly facts: Rule['facts']; readonly timeZone: string }) {
  const { t } = useTranslation()
  const pick = usePick()
  return (
    <ul className="tw-steps">
      {facts.map(fact => (
        <li key={fact.name} className="tw-wrap">
          <Text fz="sm" c="dimmed" span>
            {pick(fact.title)}: {fact.value === null ? (fact.reason ?? '—') : String(fact.value)} (
            {fact.at ? <Ago at={fact.at} timeZone={timeZone} /> : t('rules.why.noData')}
            {fact.stale ? `, ${t('rules.why.stale')}` : ''})
          </Text>
        </li>
      ))}
    </ul>
  )
}

function RuleWhy({ rule, timeZone }: { readonly rule: Rule; readonly timeZone: string }) {
  const { t } = useTranslation()
  const pick = usePick()
  return (
    <div>
      <Group gap="xs">
        <Badge variant="light" color={COLORS[rule.verdict]} tt="none" fw={500}>
          {t(`rules.why.${rule.verdict}`)}
        </Badge>
        <Text fw={500}>{pick(rule.component)}</Text>
        <code>{rule.rule}</code>
      </Group>
      <Text fz="sm" className="tw-wrap">
        {pick(rule.text)}
      </Text>
      {rule.holdUntil ? (
        <Text fz="sm">
          {t('rules.why.holdUntil')} <Moment at={rule.holdUntil} timeZone={timeZone} withZone />
        </Text>
      ) : null}
      {rule.withheld ? (
        <Text fz="sm" className="tw-wrap">
          {t('rules.why.withheld', { text: pick(rule.withheld.text) })}
          {rule.withheld.until ? (
            <>
              {' '}
              {t('rules.why.until')} <Moment at={rule.withheld.until} timeZone={timeZone} />
            </>
          ) : null}
        </Text>
      ) : null}
      {rule.incident ? (
        <Anchor component={Link} href={`/incidents/${rule.incident.id}`} fz="sm">
          {t('rules.why.incident', { number: rule.incident.number })}
        </Anchor>
      ) : null}
      <Facts facts={rule.facts} timeZone={timeZone} />
    </div>
  )
}

function Answer({ itemId, timeZone }: { readonly itemId: string; readonly timeZone: string }) {
  const { t } = useTranslation()
  const [isAll, setAll] = useState(false)
  const rules = useItemRules(itemId)
  const view = rules.data
  if (rules.error) return <ErrorNotice thrown={rules.error} onRetry={() => void rules.refetch()} />
  if (!view) return <ListSkeleton rows={3} height={64} />
  if (view.rules.length === 0) return <Text c="dimmed">{t('rules.why.empty')}</Text>
  const sorted = [...view.rules].sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict))
  const telling = sorted.filter(rule => rule.verdict !== 'not_fired')
  const shown = isAll ? sorted : telling
  return (
    <Stack gap="md" mt="sm">
      {shown.map(rule => (
        <RuleWhy key={rule.rule} rule={rule} timeZone={timeZone} />
      ))}
      {!isAll && telling.length < sorted.length ? (
        <Button variant="subtle" onClick={() => setAll(true)}>
          {t('rules.why.others', { count: sorted.length - telling.length })}
        </Button>
      ) : null}
      <Text fz="sm" c="dimmed" className="tw-wrap">
        {t('rules.why.files', { files: view.files.map(({ file }) => file).join(', ') })}
      </Text>
    </Stack>
  )
}

/** Why each rule fired on one item or did not; asked for only when somebody wants to know. */
export function Why({ itemId, timeZone }: { readonly itemId: string; readonly timeZone: string }) {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  return (
    <Paper component="section" aria-label={t('rules.why.title')}>
      <Group justify="space-between" gap="sm">
        <div>
          <Title order={2}>{t('rules.why.title')}</Title>
          <Text fz="sm" c="dimmed">
            {t('rules.why.text')}
          </Text>
        </div>
        <Button variant="default" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {t(isOpen ? 'rules.why.hide' : 'rules.why.show')}
        </Button>
      </Group>
      {isOpen ? <Answer itemId={itemId} timeZone={timeZone} /> : null}
    </Paper>
  )
}
