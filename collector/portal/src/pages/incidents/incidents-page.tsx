import { Group, Tabs } from '@mantine/core'
import { IconMoodSmile, IconSearchOff } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'wouter'
import { useIncidents } from '../../queries.ts'
import { withParameter } from '../../search-params.ts'
import { LoadMore } from '../../widgets/load-more.tsx'
import { EmptyNotice, ErrorNotice } from '../../widgets/notice.tsx'
import { Page } from '../../widgets/page.tsx'
import { SearchField } from '../../widgets/search-field.tsx'
import { ListSkeleton } from '../../widgets/skeletons.tsx'
import { IncidentFilters } from './incident-filters.tsx'
import { IncidentList } from './incident-list.tsx'
import { FILTERS, filterOf, queryOf } from './list-filter.ts'
import { NewTicketButton } from './new-ticket.tsx'

const TABS = ['active', 'open', 'in_work', 'waiting', 'solved', 'closed', 'all'] as const

/** The queue: what people work on, in the order in which it is to be taken. */
export default function IncidentsPage() {
  const { t } = useTranslation()
  const [parameters, setParameters] = useSearchParams()
  const filter = filterOf(parameters, TABS)
  const incidents = useIncidents(queryOf(filter))
  const rows = incidents.data?.pages.flatMap(page => page.rows) ?? []
  const set = (name: string, value: string) => setParameters(withParameter(name, value), { replace: true })
  const filtered = filter.status !== 'active' || FILTERS.some(name => filter[name] !== '')
  const clear = () => setParameters(filter.status === 'active' ? {} : { status: filter.status }, { replace: true })
  return (
    <Page title={t('incidents.title')} intro={t('queue.order')} actions={<NewTicketButton />}>
      <Tabs value={filter.status} onChange={value => set('status', value === 'active' || !value ? '' : value)}>
        <Tabs.List className="tw-tabs">
          {TABS.map(tab => (
            <Tabs.Tab key={tab} value={tab}>
              {t(`incidents.tabs.${tab}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </Tabs>
      <Group gap="sm">
        <SearchField value={filter.search} label={t('incidents.search')} onChange={value => set('search', value)} />
        <IncidentFilters filter={filter} onSet={set} onClear={clear} />
      </Group>
      {incidents.error ? <ErrorNotice thrown={incidents.error} onRetry={() => void incidents.refetch()} /> : null}
      {incidents.isPending ? <ListSkeleton rows={8} /> : null}
      {incidents.data && rows.length === 0 ? (
        <EmptyNotice
          icon={filtered ? IconSearchOff : IconMoodSmile}
          title={filtered ? t('incidents.nothingTitle') : t('incidents.emptyTitle')}
          text={filtered ? t('incidents.nothingText') : t('incidents.emptyText')}
        />
      ) : null}
      {rows.length > 0 ? (
        <div>
          <IncidentList rows={rows} busy={incidents.isPlaceholderData} />
          <LoadMore
            shown={rows.length}
            total={incidents.data?.pages[0]?.total ?? rows.length}
            hasMore={incidents.hasNextPage}
            loading={incidents.isFetchingNextPage}
            onMore={() => void incidents.fetchNextPage()}
          />
        </div>
      ) : null}
    </Page>
  )
}
