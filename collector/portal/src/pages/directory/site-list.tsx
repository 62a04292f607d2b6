import { ActionIcon, Badge, Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { IconPencil, IconPlus } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import type { DirectoryView } from '../../api.ts'
import { useMe } from '../../session.ts'
import type { FormTarget } from './directory-form.tsx'

type Site = DirectoryView['directory']['sites'][number]
type Terminal = DirectoryView['directory']['terminals'][number]

/** Sites whose own words, client or terminals contain every word of the search. */
export function sitesMatching(view: DirectoryView, search: string): Site[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  const { clients, sites, terminals } = view.directory
  return sites.filter(site => {
    const own = terminals.filter(terminal => terminal.site === site.code)
    const text = [
      site.code,
      site.name,
      site.address,
      clients.find(client => client.code === site.client)?.name,
      ...own.flatMap(terminal => [terminal.code, terminal.name, terminal.agent]),
    ]
      .join(' ')
      .toLowerCase()
    return words.every(word => text.includes(word))
  })
}

interface SiteCardProps {
  readonly site: Site
  readonly terminals: readonly Terminal[]
  readonly onEdit: (target: FormTarget) => void
}

function SiteHead({ site, onEdit }: Omit<SiteCardProps, 'terminals'>) {
  const { t } = useTranslation()
  const { mayAdminister } = useMe()
  return (
    <Group justify="space-between" align="flex-start" gap="xs" wrap="nowrap">
      <div className="tw-grow">
        <Text fw={600} className="tw-wrap">
          {site.name}
        </Text>
        <Text fz="sm" c="dimmed" className="tw-wrap">
          {[site.address, site.timezone, site.class ? `${t('terminal.class')} ${site.class}` : null]
            .filter(Boolean)
            .join(' · ')}
        </Text>
        {site.hours ? (
          <Text fz="sm" c="dimmed">
            {site.hours}
          </Text>
        ) : (
          <Badge variant="light" color="yellow" tt="none" fw={500} mt={4}>
            {t('directory.hoursUnknown')}
          </Badge>
        )}
      </div>
      {mayAdminister ? (
        <ActionIcon
          variant="default"
          size="lg"
          aria-label={t('directory.editSite', { name: site.name })}
          onClick={() => onEdit({ site: site.code, terminal: null })}
        >
          <IconPencil size={16} aria-hidden />
        </ActionIcon>
      ) : null}
    </Group>
  )
}

function TerminalLine({ terminal, onEdit }: { terminal: Terminal; onEdit: SiteCardProps['onEdit'] }) {
  const { t } = useTranslation()
  const { mayAdminister } = useMe()
  return (
    <Group justify="space-between" gap="xs" wrap="nowrap">
      <Text fz="sm" className="tw-wrap">
        {terminal.name}{' '}
        <span className="tw-dim">
          {terminal.agent ? (
            <Link href={`/terminals/${encodeURIComponent(terminal.agent)}`}>{terminal.agent}</Link>
          ) : (
            t('directory.withoutAgent')
          )}
        </span>
      </Text>
      {mayAdminister ? (
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t('directory.editTerminal', { name: terminal.name })}
          onClick={() => onEdit({ site: terminal.site, terminal: terminal.code })}
        >
          <IconPencil size={15} aria-hidden />
        </ActionIcon>
      ) : null}
    </Group>
  )
}

function SiteCard({ site, terminals, onEdit }: SiteCardProps) {
  const { t } = useTranslation()
  const { mayAdminister } = useMe()
  return (
    <Paper>
      <SiteHead site={site} onEdit={onEdit} />
      <ul className="tw-list tw-note-after">
        {terminals.map(terminal => (
          <li key={terminal.code}>
            <TerminalLine terminal={terminal} onEdit={onEdit} />
          </li>
        ))}
        {terminals.length === 0 ? (
          <li>
            <Text fz="sm" c="dimmed">
              {t('directory.noTerminals')}
            </Text>
          </li>
        ) : null}
      </ul>
      {mayAdminister ? (
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => onEdit({ site: site.code, terminal: null, addTerminal: true })}
        >
          {t('directory.addTerminal')}
        </Button>
      ) : null}
    </Paper>
  )
}

interface SiteListProps {
  readonly view: DirectoryView
  readonly sites: readonly Site[]
  readonly onEdit: (target: FormTarget) => void
}

/** Sites by client, each with its terminals. */
export function SiteList({ view, sites, onEdit }: SiteListProps) {
  return (
    <Stack gap="lg">
      {view.directory.clients.map(client => {
        const own = sites.filter(site => site.client === client.code)
        if (own.length === 0) return null
        return (
          <section key={client.code} aria-label={client.name}>
            <Title order={2} mb="xs">
              {client.name}
            </Title>
            <div className="tw-site-grid">
              {own.map(site => (
                <SiteCard
                  key={site.code}
                  site={site}
                  terminals={view.directory.terminals.filter(terminal => terminal.site === site.code)}
                  onEdit={onEdit}
                />
              ))}
            </div>
          </section>
        )
      })}
    </Stack>
  )
}
