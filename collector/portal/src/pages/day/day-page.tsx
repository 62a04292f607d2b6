import { Button, Paper } from '@mantine/core'
import { IconCashRegister, IconCircleCheck } from '@tabler/icons-react'
import type { DailyView } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { useDaily, useLaunches } from '../../day-queries.ts'
import { EmptyNotice, ErrorNotice } from '../../widgets/notice.tsx'
import { Page } from '../../widgets/page.tsx'
import { ListSkeleton } from '../../widgets/skeletons.tsx'
import { Launches } from './launches.tsx'
import { Unchecked } from './unchecked.tsx'

function Tile({ title, counts }: { title: string; counts: readonly (readonly [count: number, words: string])[] }) {
  return (
    <Paper component="section" aria-label={title}>
      <div className="tw-tile-title">{title}</div>
      <div className="tw-counts">
        {counts.map(([count, words]) => (
          <span key={words} className="tw-count" data-zero={count === 0 || undefined}>
            <b>{count}</b>
            {words}
          </span>
        ))}
      </div>
    </Paper>
  )
}

function Tiles({ totals }: Pick<DailyView, 'totals'>) {
  const { t } = useTranslation()
  const launching = useLaunches().data?.sites.filter(({ over }) => !over)
  const differing = launching?.reduce((sum, site) => sum + site.differing.length, 0) ?? 0
  return (
    <div className="tw-tiles">
      <Tile title={t('day.checked')} counts={[[totals.checked, t('day.of', { total: totals.registers })]]} />
      <Tile
        title={t('day.unchecked')}
        counts={[
          [totals.registers - totals.checked, t('day.total')],
          [totals.missed, t('day.missed')],
        ]}
      />
      <Tile
        title={t('day.launching')}
        counts={[
          [launching?.length ?? 0, t('day.inLaunch')],
          [differing, t('day.settings')],
        ]}
      />
    </div>
  )
}

function Day({ view }: { view: DailyView }) {
  const { t } = useTranslation()
  if (view.totals.registers === 0) {
    return (
      <EmptyNotice
        icon={IconCashRegister}
        title={t('day.emptyTitle')}
        text={t('day.emptyText')}
        action={
          <Button component={Link} href="/directory">
            {t('day.emptyAction')}
          </Button>
        }
      />
    )
  }
  return (
    <>
      <Tiles totals={view.totals} />
      {view.uncheckedTotal === 0 ? (
        <EmptyNotice icon={IconCircleCheck} title={t('day.allTitle')} text={t('day.allText')} />
      ) : null}
      <Unchecked view={view} />
    </>
  )
}

/** Is every register checked in full today, which not and why; then the outlets that are new. */
export default function DayPage() {
  const { t } = useTranslation()
  const daily = useDaily()
  return (
    <Page title={t('day.title')} intro={t('day.intro')} width={1000}>
      {daily.error ? <ErrorNotice thrown={daily.error} onRetry={() => void daily.refetch()} /> : null}
      {daily.isPending ? <ListSkeleton rows={6} /> : null}
      {daily.data ? <Day view={daily.data} /> : null}
      <Launches />
    </Page>
  )
}
