import { Group, Paper, Stack, Text, Title } from '@mantine/core'
import type { TerminalView } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'
import { latestOf } from '../../chart-points.ts'
import { useLanguage, usePick } from '../../i18n/i18n.ts'
import { ruleName } from '../../i18n/rule-names.ts'
import { browserZone } from '../../now.ts'
import { chartLevels } from '../../thresholds.ts'
import { FactChart, RangeSwitch, useChartRange } from '../../widgets/fact-chart.tsx'
import { HealthMark } from '../../widgets/health-mark.tsx'
import { Moment } from '../../widgets/moment.tsx'
import { TimeToStop } from '../../widgets/time-to-stop.tsx'
import { FactsTable } from './facts-table.tsx'
import { ReplacementMark } from './replacement-mark.tsx'
import { ServiceHead } from './services.tsx'
import { Why } from './why.tsx'

type Item = TerminalView['items'][number]

const CHARTS = [
  { fact: 'fiscal.ofd.unsent_documents', title: 'queue' },
  { fact: 'fiscal.fn.last_document', title: 'documents' },
  { fact: 'host.disk.free_bytes', title: 'disk' },
] as const

function totalBytesOf(item: Item): number | null {
  const total = item.facts.find(fact => fact.name === 'host.disk.total_bytes')?.value
  return typeof total === 'number' ? total : null
}

type Chart = (typeof CHARTS)[number]

function Charts({ item, timeZone }: { item: Item; timeZone: string }) {
  const charts = CHARTS.filter(chart => item.facts.some(fact => fact.name === chart.fact))
  const first = charts[0]
  return first ? <ChartGrid item={item} charts={charts} first={first} timeZone={timeZone} /> : null
}

interface ChartGridProps {
  readonly item: Item
  readonly charts: readonly Chart[]
  /** Its history decides with which period all begin. */
  readonly first: Chart
  readonly timeZone: string
}

function ChartGrid({ item, charts, first, timeZone }: ChartGridProps) {
  const { t } = useTranslation()
  const [range, setRange] = useChartRange(item.id, first.fact)
  return (
    <section aria-label={t('terminal.charts')}>
      <Group justify="space-between" mb="xs">
        <Title order={2}>{t('terminal.charts')}</Title>
        <RangeSwitch value={range} onChange={setRange} />
      </Group>
      <div className="tw-charts">
        {charts.map(chart => (
          <FactChart
            key={chart.fact}
            itemId={item.id}
            fact={chart.fact}
            title={t(`chart.${chart.title}`)}
            timeZone={timeZone}
            levels={chartLevels(chart.fact, totalBytesOf(item))}
            latest={latestOf(item.facts, chart.fact)}
            range={range}
          />
        ))}
      </div>
    </section>
  )
}

function Conditions({ item, timeZone }: { item: Item; timeZone: string }) {
  const { t } = useTranslation()
  const pick = usePick()
  const language = useLanguage()
  if (item.conditions.length === 0) return null
  return (
    <Stack gap="xs" component="section" aria-label={t('terminal.conditions')}>
      {item.conditions.map(condition => (
        <div key={condition.rule} className="tw-note" data-tone={condition.level === 'critical' ? 'red' : 'yellow'}>
          <Text fw={500}>{pick(condition.title)}</Text>
          <Text fz="sm" c="dimmed" title={condition.rule}>
            {ruleName(condition.rule, language)} · <Moment at={condition.since} timeZone={timeZone} withZone />
          </Text>
        </div>
      ))}
    </Stack>
  )
}

/** One piece of equipment: its state, what is wrong with it, its charts and facts. */
export function ItemView({ item, timeZone }: { item: Item; timeZone: string | undefined }) {
  const zone = timeZone ?? browserZone()
  return (
    <Stack gap="lg">
      <Paper>
        <Group justify="space-between" gap="sm">
          <Stack gap={6}>
            {item.kind === 'service' ? <ServiceHead item={item} /> : <HealthMark health={item.health} withText />}
            {item.kind === 'register' || item.timeToStop ? (
              <TimeToStop stop={item.timeToStop} timeZone={zone} large />
            ) : null}
          </Stack>
          {item.kind === 'register' ? (
            <ReplacementMark itemId={item.id} until={item.replacementUntil} timeZone={timeZone} />
          ) : null}
        </Group>
      </Paper>
      <Conditions item={item} timeZone={zone} />
      <Why itemId={item.id} timeZone={zone} />
      <Charts item={item} timeZone={zone} />
      <FactsTable facts={item.facts} timeZone={timeZone} />
    </Stack>
  )
}
