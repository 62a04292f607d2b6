import { ActionIcon, AppShell, Badge, Burger, Group, NavLink, ScrollArea, Text, Tooltip } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import {
  IconAddressBook,
  IconAlertCircle,
  IconBook2,
  IconCalendarCheck,
  IconCashRegister,
  IconClockCheck,
  IconFlag,
  IconLogout,
  IconPuzzle,
  IconReplace,
  IconRuler2,
  IconTemplate,
  IconTicket,
  IconTool,
  IconUserCircle,
  IconUsers,
} from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'wouter'
import { api } from '../api.ts'
import { type LiveState, useLive } from '../live.ts'
import { useSummary } from '../queries.ts'
import { useMe } from '../session.ts'
import { Brand } from './brand.tsx'
import { LanguageSwitch, ThemeMenu } from './preferences.tsx'

const SECTIONS = [
  { path: '/', key: 'fleet', icon: IconCashRegister, under: ['/terminals'] },
  { path: '/day', key: 'day', icon: IconCalendarCheck, under: ['/day'] },
  { path: '/incidents', key: 'incidents', icon: IconAlertCircle, under: ['/incidents'] },
  { path: '/priorities', key: 'priorities', icon: IconFlag, under: ['/priorities'] },
  { path: '/problems', key: 'problemBook', icon: IconPuzzle, under: ['/problems'] },
  { path: '/knowledge', key: 'knowledge', icon: IconBook2, under: ['/knowledge'] },
  { path: '/maintenance', key: 'maintenance', icon: IconTool, under: ['/maintenance'] },
  { path: '/replacements', key: 'replacements', icon: IconReplace, under: ['/replacements'] },
  { path: '/rules', key: 'rules', icon: IconRuler2, under: ['/rules'] },
  { path: '/agreements', key: 'agreements', icon: IconClockCheck, under: ['/agreements'] },
  { path: '/directory', key: 'directory', icon: IconAddressBook, under: ['/directory'] },
  { path: '/desks', key: 'desks', icon: IconTicket, under: ['/desks'] },
  { path: '/templates', key: 'templates', icon: IconTemplate, under: ['/templates'] },
  { path: '/users', key: 'users', icon: IconUsers, under: ['/users'] },
] as const

function LiveMark({ state }: { state: LiveState }) {
  const { t } = useTranslation()
  return (
    <span className="tw-live" data-state={state} role="status">
      <span className="tw-live-dot" aria-hidden />
      <Text span fz="xs" c="dimmed">
        {t(`nav.${state}`)}
      </Text>
    </span>
  )
}

function Sections({ onChoose }: { onChoose: () => void }) {
  const { t } = useTranslation()
  const [location] = useLocation()
  const { mayAdminister } = useMe()
  const summary = useSummary()
  const open = summary.data ? Object.values(summary.data.openIncidents).reduce((sum, count) => sum + count, 0) : 0
  const urgent = summary.data ? summary.data.openIncidents.p1 + summary.data.openIncidents.p2 > 0 : false
  return SECTIONS.filter(({ key }) => (key !== 'users' && key !== 'templates') || mayAdminister).map(
    ({ path, key, icon: Icon, under }) => {
      const active = location === path || under.some(prefix => location.startsWith(prefix))
      return (
        <NavLink
          key={path}
          component={Link}
          href={path}
          active={active}
          {...(active ? { 'aria-current': 'page' as const } : {})}
          label={t(`nav.${key}`)}
          leftSection={<Icon size={20} stroke={1.6} aria-hidden />}
          rightSection={
            key === 'incidents' && open > 0 ? (
              <Badge
                size="sm"
                variant="light"
                color={urgent ? 'red' : 'yellow'}
                aria-label={t('nav.openCount', { count: open })}
              >
                {open}
              </Badge>
            ) : null
          }
          onClick={onChoose}
          className="tw-nav-link"
        />
      )
    },
  )
}

function Footer({ state, onChoose }: { state: LiveState; onChoose: () => void }) {
  const { t } = useTranslation()
  const queryClient = useQueryClient()
  const { me } = useMe()
  const signOut = useMutation({
    mutationFn: api.signOut,
    onSettled: () => {
      queryClient.clear()
      queryClient.setQueryData(['session'], null)
    },
  })
  return (
    <>
      <LiveMark state={state} />
      <Group gap={4} mt="xs" wrap="nowrap" justify="space-between">
        <LanguageSwitch />
        <ThemeMenu />
      </Group>
      <Group gap={4} mt="xs" wrap="nowrap" justify="space-between">
        <NavLink
          component={Link}
          href="/account"
          onClick={onChoose}
          label={me.name}
          description={t(`roles.${me.role}`)}
          aria-label={`${t('nav.account')}: ${me.name}`}
          leftSection={<IconUserCircle size={22} stroke={1.6} aria-hidden />}
          className="tw-nav-link"
        />
        <Tooltip label={t('nav.signOut')}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={t('nav.signOut')}
            onClick={() => signOut.mutate()}
          >
            <IconLogout size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Group>
    </>
  )
}

/** `/` goes to the search of the page, as in many tools, unless something is being typed. */
function useSearchKey(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement | null
      const typing = target?.closest('input, textarea, select, [contenteditable]')
      if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return
      const search = document.querySelector<HTMLInputElement>('[data-search]')
      if (!search) return
      event.preventDefault()
      search.focus()
      search.select()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
}

/** Frame of every page: sections, who is signed in, whether what is shown is live. */
export function Shell({ children }: { children: ReactNode }) {
  const { t } = useTranslation()
  const [opened, menu] = useDisclosure(false)
  const [location] = useLocation()
  const main = useRef<HTMLElement>(null)
  const first = useRef(true)
  const live = useLive(useQueryClient())
  useSearchKey()
  // A new page begins at its top, and a screen reader hears its heading.
  useEffect(() => {
    if (first.current) {
      first.current = false
      return
    }
    window.scrollTo(0, 0)
    main.current?.focus({ preventScroll: true })
  }, [location])
  return (
    <AppShell
      header={{ height: { base: 56, md: 0 } }}
      navbar={{ width: 244, breakpoint: 'md', collapsed: { mobile: !opened } }}
      padding={0}
      transitionDuration={0}
    >
      <a href="#content" className="tw-skip">
        {t('common.skip')}
      </a>
      <AppShell.Header hiddenFrom="md" px="md" className="tw-header">
        <Burger opened={opened} onClick={menu.toggle} size="sm" aria-label={t('nav.menu')} aria-expanded={opened} />
        <Link href="/" className="tw-brand-link">
          <Brand />
        </Link>
        <span className="tw-live-compact" data-state={live}>
          <span className="tw-live-dot" title={t(`nav.${live}`)} />
        </span>
      </AppShell.Header>
      <AppShell.Navbar p="sm" className="tw-navbar" aria-label={t('nav.label')}>
        <AppShell.Section visibleFrom="md" px="xs" pt={6} pb="md">
          <Link href="/" className="tw-brand-link">
            <Brand />
          </Link>
        </AppShell.Section>
        <AppShell.Section grow component={ScrollArea}>
          <Sections onChoose={menu.close} />
        </AppShell.Section>
        <AppShell.Section>
          <Footer state={live} onChoose={menu.close} />
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="content" ref={main} tabIndex={-1} className="tw-main">
        {live === 'lost' ? (
          <div className="tw-lost" role="alert">
            {t('nav.lost')}
          </div>
        ) : null}
        {children}
      </AppShell.Main>
    </AppShell>
  )
}
