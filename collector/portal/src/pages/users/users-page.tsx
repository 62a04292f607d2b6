import { ActionIcon, Badge, Button, Group, Menu, Modal, Paper, Radio, Stack, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconDots, IconLock, IconPlus, IconUsers } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ROLES, type Role, type UserRow } from '@tillwatch/shared/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api.ts'
import { useUsers } from '../../queries.ts'
import { useMe } from '../../session.ts'
import { Ago } from '../../widgets/moment.tsx'
import { EmptyNotice, ErrorNotice } from '../../widgets/notice.tsx'
import { Page } from '../../widgets/page.tsx'
import { ShownOnce } from '../../widgets/shown-once.tsx'
import { ListSkeleton } from '../../widgets/skeletons.tsx'
import { MachineTokens } from './machine-tokens.tsx'

function InviteForm({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation()
  const queryClient = useQueryClient()
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('support')
  const invite = useMutation({
    mutationFn: api.invite,
    onSuccess: () => void queryClient.invalidateQueries({ queryKey: ['users'] }),
  })
  if (invite.data) return <ShownOnce text={t('users.linkText')} value={invite.data.url} onDone={onDone} />
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        invite.mutate({ name: name.trim(), role })
      }}
    >
      <Stack>
        <TextInput
          label={t('users.name')}
          required
          data-autofocus
          maxLength={64}
          value={name}
          onChange={event => setName(event.currentTarget.value)}
        />
        <Radio.Group
          label={t('users.role')}
          value={role}
          onChange={value => setRole(ROLES.find(each => each === value) ?? 'viewer')}
        >
          <Stack gap="xs" mt={6}>
            {ROLES.map(each => (
              <Radio key={each} value={each} label={t(`roles.${each}`)} description={t(`roleHints.${each}`)} />
            ))}
          </Stack>
        </Radio.Group>
        {invite.error ? <ErrorNotice thrown={invite.error} /> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={invite.isPending} disabled={name.trim().length < 2}>
            {t('users.create')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function UserItem({ user, onLink }: { user: UserRow; onLink: (url: string) => void }) {
  const { t } = useTranslation()
  const { me } = useMe()
  const queryClient = useQueryClient()
  const renew = useMutation({ mutationFn: () => api.renewInvitation(user.id), onSuccess: ({ url }) => onLink(url) })
  const update = useMutation({
    mutationFn: (change: { role?: Role; disabled?: boolean }) => api.updateUser(user.id, change),
    onSuccess: () => void queryClient.invalidateQueries({ queryKey: ['users'] }),
  })
  const failure = renew.error ?? update.error
  return (
    <li>
      <Group justify="space-between" gap="xs">
        <div className="tw-grow">
          <Text fw={500} component="div">
            {user.name}{' '}
            {user.disabled ? (
              <Badge size="sm" color="gray" variant="light" tt="none">
                {t('users.disabled')}
              </Badge>
            ) : null}
          </Text>
          <Text fz="sm" c="dimmed">
            {t(`roles.${user.role}`)} · {user.lastSeenAt ? <Ago at={user.lastSeenAt} /> : t('users.never')}
          </Text>
        </div>
        {user.id === me.id ? null : (
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon
                variant="default"
                size="lg"
                aria-label={t('users.actions', { name: user.name })}
                loading={renew.isPending || update.isPending}
              >
                <IconDots size={18} aria-hidden />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => renew.mutate()}>{t('users.newLink')}</Menu.Item>
              <Menu.Item onClick={() => update.mutate({ disabled: !user.disabled })}>
                {t(user.disabled ? 'users.enable' : 'users.disable')}
              </Menu.Item>
              <Menu.Label>{t('users.role')}</Menu.Label>
              {ROLES.map(role => (
                <Menu.Item key={role} disabled={role === user.role} onClick={() => update.mutate({ role })}>
                  {t(`roles.${role}`)}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        )}
      </Group>
      {failure ? <ErrorNotice thrown={failure} /> : null}
    </li>
  )
}

function UserList({ onLink }: { onLink: (url: string) => void }) {
  const { t } = useTranslation()
  const users = useUsers()
  if (users.isPending) return <ListSkeleton rows={3} />
  if (!users.data) return <ErrorNotice thrown={users.error} onRetry={() => void users.refetch()} />
  if (users.data.length === 0)
    return <EmptyNotice icon={IconUsers} title={t('users.emptyTitle')} text={t('users.emptyText')} />
  return (
    <Paper>
      <ul className="tw-list">
        {users.data.map(user => (
          <UserItem key={user.id} user={user} onLink={onLink} />
        ))}
      </ul>
    </Paper>
  )
}

/** Who may enter; invitations are links that are shown once. */
export default function UsersPage() {
  const { t } = useTranslation()
  const { mayAdminister } = useMe()
  const [opened, dialog] = useDisclosure(false)
  const [link, setLink] = useState<string | null>(null)
  if (!mayAdminister) {
    return (
      <Page title={t('users.title')}>
        <EmptyNotice icon={IconLock} title={t('users.forbiddenTitle')} text={t('users.forbiddenText')} />
      </Page>
    )
  }
  return (
    <Page
      title={t('users.title')}
      width={760}
      actions={
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={dialog.open}>
          {t('users.invite')}
        </Button>
      }
    >
      <UserList onLink={setLink} />
      <MachineTokens />
      <Modal opened={link !== null} onClose={() => setLink(null)} title={t('users.linkTitle')}>
        {link ? <ShownOnce text={t('users.linkText')} value={link} onDone={() => setLink(null)} /> : null}
      </Modal>
      <Modal opened={opened} onClose={dialog.close} title={t('users.inviteTitle')}>
        {opened ? <InviteForm onDone={dialog.close} /> : null}
      </Modal>
    </Page>
  )
}
