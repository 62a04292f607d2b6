import { Badge, Button, Group, Tabs } from '@mantine/core'
import { IconAddressBook, IconPlus, IconSearchOff } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'wouter'
import type { DirectoryView } from '../../api.ts'
import { useDirectory } from '../../queries.ts'
import { withParameter } from '../../search-params.ts'
import { useMe } from '../../session.ts'
import { EmptyNotice, ErrorNotice } from '../../widgets/notice.tsx'
import { Page } from '../../widgets/page.tsx'
import { SearchField } from '../../widgets/search-field.tsx'
import { ListSkeleton } from '../../widgets/skeletons.tsx'
import { AgentList, GapList, UnknownAgentList } from './agent-lists.tsx'
import { DirectoryForm, type FormTarget } from './directory-form.tsx'
import { SiteList, sitesMatching } from './site-list.tsx'

const TABS = ['sites', 'gaps', 'agents', 'unknown'] as const
const SITES_AT_ONCE = 30

function Sites({ view, onEdit }: { view: DirectoryView; onEdit: (target: FormTarget) => void }) {
  const { t } = useTranslation()
  const [search, setSearch] = useState('')
  const [limit, setLimit] = useState(SITES_AT_ONCE)
  if (view.directory.sites.length === 0) {
    return <EmptyNotice icon={IconAddressBook} title={t('directory.emptyTitle')} text={t('directory.emptyText')} />
  }
  const sites = sitesMatching(view, search)
  return (
    <>
      <Group mb="md">
        <SearchField value={search} label={t('directory.search')} onChange={setSearch} />
      </Group>
      {sites.length === 0 ? (
        <EmptyNotice icon={IconSearchOff} title={t('directory.nothingTitle')} text={t('directory.nothingText')} />
      ) : null}
      <SiteList view={view} sites={sites.slice(0, limit)} onEdit={onEdit} />
      {sites.length > limit ? (
        <Group justify="center" mt="md">
          <Button variant="default" onClick={() => setLimit(limit + SITES_AT_ONCE)}>
            {t('common.loadMore')}
          </Button>
        </Group>
      ) : null}
    </>
  )
}

/** Clients, sites, terminals and agents; what is missing; who is a stranger. */
export default function DirectoryPage() {
  const { t } = useTranslation()
  const { mayAdminister } = useMe()
  const directory = useDirectory()
  const [parameters, setParameters] = useSearchParams()
  const [target, setTarget] = useState<FormTarget | null>(null)
  const tab = TABS.find(each => each === parameters.get('tab')) ?? 'sites'
  const view = directory.data
  const counts = { sites: 0, agents: 0, gaps: view?.gaps.length ?? 0, unknown: view?.unknownAgents.length ?? 0 }
  return (
    <Page
      title={t('directory.title')}
      actions={
        mayAdminister && view ? (
          <Button
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={() => setTarget({ site: null, terminal: null })}
          >
            {t('directory.add')}
          </Button>
        ) : null
      }
    >
      <Tabs
        value={tab}
        onChange={value =>
          setParameters(withParameter('tab', value === 'sites' || !value ? '' : value), { replace: true })
        }
      >
        <Tabs.List className="tw-tabs">
          {TABS.map(each => (
            <Tabs.Tab
              key={each}
              value={each}
              rightSection={
                counts[each] > 0 ? (
                  <Badge size="sm" variant="light" color="yellow">
                    {counts[each]}
                  </Badge>
                ) : null
              }
            >
              {t(`directory.tabs.${each}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </Tabs>
      {directory.error ? <ErrorNotice thrown={directory.error} onRetry={() => void directory.refetch()} /> : null}
      {directory.isPending ? <ListSkeleton rows={6} /> : null}
      {view ? (
        <>
          {tab === 'sites' ? <Sites view={view} onEdit={setTarget} /> : null}
          {tab === 'gaps' ? <GapList view={view} /> : null}
          {tab === 'agents' ? <AgentList view={view} /> : null}
          {tab === 'unknown' ? <UnknownAgentList view={view} /> : null}
          <DirectoryForm view={view} target={target} onClose={() => setTarget(null)} />
        </>
      ) : null}
    </Page>
  )
}
