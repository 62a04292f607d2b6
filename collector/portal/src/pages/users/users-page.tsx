import { Badge, Button, Code, CopyButton, Group, Modal, Paper, Radio, Stack, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconLock, IconPlus, IconUsers } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ROLES, type Role } from '@tillwatch/shared/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api.ts'
import { useUsers } from '../../queries.ts'
import { useMe } from '../../session.ts'
import { Ago } from '../../widgets/moment.tsx'
import { EmptyNotice, ErrorNotice } from '../../widgets/notice.tsx'
import { Page } from '../../widgets/page.tsx'
import { ListSkeleton } from '../../widgets/skeletons.tsx'

function OneTimeLink({ url, onDone }: { url: string; onDone: () => void }) {
  const { t } = useTranslation()
  return (
    <Stack>
      <Text fz="sm">{t('users.linkText')}</Text>
      <Code block className="tw-wrap tw-preline">
        {url}
      </Code>
      <Group justify="flex-end">
        <CopyButton value={url}>
          {({ copied, copy }) => (
            <Button variant={copied ? 'light' : 'filled'} onClick={copy}>
              {copied ? t('common.copied') : t('common.copy')}
            </Button>
          )}
        </CopyButton>
        <Button variant="default" onClick={onDone}>
          {t('users.done')}
        </Button>
      </Group>
    </Stack>
  )
}

function InviteForm({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation()
  const queryClient = useQueryClient()
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('support')
  const invite = useMutation({
    mutationFn: api.invite,
    onSuccess: () => void queryClient.invalidateQueries({ queryKey: ['users'] }),
  })
  if (invite.data) return <OneTimeLink url={invite.data.url} onDone={onDone} />
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

function UserList() {
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
          <li key={user.id}>
            <Group justify="space-between" gap="xs">
              <div>
                <Text fw={500}>
                  {user.name}{' '}
                  {user.disabled ? (
                    <Badge size="sm" color="gray" variant="light" tt="none">
                      {t('users.disabled')}
                    </Badge>
                  ) : null}
                </Text>
                <Text fz="sm" c="dimmed">
                  {t(`roles.${user.role}`)}
                </Text>
              </div>
              <Text fz="sm" c="dimmed">
                {user.lastSeenAt ? <Ago at={user.lastSeenAt} /> : t('users.never')}
              </Text>
            </Group>
          </li>
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
      <UserList />
      <Modal opened={opened} onClose={dialog.close} title={t('users.inviteTitle')}>
        {opened ? <InviteForm onDone={dialog.close} /> : null}
      </Modal>
    </Page>
  )
}
