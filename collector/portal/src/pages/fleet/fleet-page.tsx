import { Button, Group, SegmentedControl } from '@mantine/core'
import { IconCashRegister, IconSearchOff } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Link, useSearchParams } from 'wouter'
import { useFleet } from '../../queries.ts'
import { withParameter } from '../../search-params.ts'
import { HealthMark } from '../../widgets/health-mark.tsx'
import { LoadMore } from '../../widgets/load-more.tsx'
import { EmptyNotice, ErrorNotice } from '../../widgets/notice.tsx'
import { Page } from '../../widgets/page.tsx'
import { SearchField } from '../../widgets/search-field.tsx'
import { ListSkeleton } from '../../widgets/skeletons.tsx'
import { FleetHead } from './fleet-head.tsx'
import { FleetList } from './fleet-list.tsx'

const HEALTH_FILTERS = ['', 'red', 'yellow', 'green', 'grey'] as const

function HealthFilterLabel({ value }: { value: (typeof HEALTH_FILTERS)[number] }) {
  const { t } = useTranslation()
  if (value === '') return t('fleet.all')
  return (
    <>
      <span className="tw-only-phone">
        <HealthMark health={value} />
      </span>
      <span className="tw-only-wide">{t(`healthShort.${value}`)}</span>
    </>
  )
}

function Nothing({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  const { t } = useTranslation()
  if (filtered) {
    return (
      <EmptyNotice
        icon={IconSearchOff}
        title={t('fleet.nothingTitle')}
        text={t('fleet.nothingText')}
        action={
          <Button variant="default" onClick={onClear}>
            {t('fleet.clearFilter')}
          </Button>
        }
      />
    )
  }
  return (
    <EmptyNotice
      icon={IconCashRegister}
      title={t('fleet.emptyTitle')}
      text={t('fleet.emptyText')}
      action={
        <Button component={Link} href="/directory">
          {t('fleet.emptyAction')}
        </Button>
      }
    />
  )
}

/** All registers, the ones that stop first on top. */
export default function FleetPage() {
  const { t } = useTranslation()
  const [parameters, setParameters] = useSearchParams()
  const filter = { search: parameters.get('search') ?? '', health: parameters.get('health') ?? '' }
  const fleet = useFleet(filter)
  const rows = fleet.data?.pages.flatMap(page => page.rows) ?? []
  const set = (name: string, value: string) => setParameters(withParameter(name, value), { replace: true })
  return (
    <Page title={t('fleet.title')} intro={<span className="tw-only-wide">{t('fleet.keys')}</span>}>
      <FleetHead />
      <Group gap="sm">
        <SearchField value={filter.search} label={t('fleet.search')} onChange={value => set('search', value)} />
        <SegmentedControl
          aria-label={t('fleet.filter')}
          value={filter.health}
          onChange={value => set('health', value)}
          data={HEALTH_FILTERS.map(value => ({ value, label: <HealthFilterLabel value={value} /> }))}
          className="tw-filter"
        />
      </Group>
      {fleet.error ? <ErrorNotice thrown={fleet.error} onRetry={() => void fleet.refetch()} /> : null}
      {fleet.isPending ? <ListSkeleton rows={8} /> : null}
      {fleet.data && rows.length === 0 ? (
        <Nothing
          filtered={filter.search !== '' || filter.health !== ''}
          onClear={() => setParameters({}, { replace: true })}
        />
      ) : null}
      {rows.length > 0 ? (
        <div>
          <FleetList rows={rows} busy={fleet.isPlaceholderData} />
          <LoadMore
            shown={rows.length}
            total={fleet.data?.pages[0]?.total ?? rows.length}
            hasMore={fleet.hasNextPage}
            loading={fleet.isFetchingNextPage}
            onMore={() => void fleet.fetchNextPage()}
          />
        </div>
      ) : null}
    </Page>
  )
}
