import { Badge, Button, Group, Modal, Paper, Radio, Stack, Text, TextInput, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconKey, IconPlus } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type MachineTokenRow, TOKEN_SCOPES, type TokenScope } from '@tillwatch/shared/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { inboundApi } from '../../inbound-api.ts'
import { Ago } from '../../widgets/moment.tsx'
import { EmptyNotice, ErrorNotice } from '../../widgets/notice.tsx'
import { ShownOnce } from '../../widgets/shown-once.tsx'
import { ListSkeleton } from '../../widgets/skeletons.tsx'

const TOKENS = ['tokens']

function TokenForm({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation()
  const queryClient = useQueryClient()
  const [name, setName] = useState('')
  const [scope, setScope] = useState<TokenScope>('monitor')
  const add = useMutation({
    mutationFn: inboundApi.addToken,
    onSuccess: () => void queryClient.invalidateQueries({ queryKey: TOKENS }),
  })
  if (add.data) return <ShownOnce text={t('tokens.secretText')} value={add.data.secret} onDone={onDone} />
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        add.mutate({ name: name.trim(), scope })
      }}
    >
      <Stack>
        <TextInput
          label={t('tokens.name')}
          required
          data-autofocus
          maxLength={100}
          value={name}
          onChange={event => setName(event.currentTarget.value)}
        />
        <Radio.Group
          label={t('tokens.scope')}
          value={scope}
          onChange={value => setScope(TOKEN_SCOPES.find(each => each === value) ?? 'monitor')}
        >
          <Stack gap="xs" mt={6}>
            {TOKEN_SCOPES.map(each => (
              <Radio
                key={each}
                value={each}
                label={t(`tokens.scopes.${each}`)}
                description={t(`tokens.scopeHints.${each}`)}
              />
            ))}
          </Stack>
        </Radio.Group>
        {add.error ? <ErrorNotice thrown={add.error} /> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={add.isPending} disabled={name.trim() === ''}>
            {t('tokens.create')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function TokenItem({ token }: { token: MachineTokenRow }) {
  const { t } = useTranslation()
  const queryClient = useQueryClient()
  const [asking, question] = useDisclosure(false)
  const revoke = useMutation({
    mutationFn: () => inboundApi.revokeToken(token.id),
    onSuccess: () => {
      question.close()
      void queryClient.invalidateQueries({ queryKey: TOKENS })
    },
  })
  return (
    <li>
      <Group justify="space-between" gap="xs">
        <div className="tw-grow">
          <Text fw={500} component="div">
            {token.name}{' '}
            {token.revokedAt ? (
              <Badge size="sm" color="gray" variant="light" tt="none">
                {t('tokens.revoked')}
              </Badge>
            ) : null}
          </Text>
          <Text fz="sm" c="dimmed">
            {t(`tokens.scopes.${token.scope}`)} · {token.createdBy} ·{' '}
            {token.usedAt ? (
              <>
                {t('tokens.used')} <Ago at={token.usedAt} />
              </>
            ) : (
              t('tokens.never')
            )}
          </Text>
        </div>
        {token.revokedAt ? null : (
          <Button size="xs" variant="default" onClick={question.open}>
            {t('tokens.revoke')}
          </Button>
        )}
      </Group>
      <Modal opened={asking} onClose={question.close} title={t('tokens.revokeTitle', { name: token.name })}>
        <Stack>
          <Text fz="sm">{t('tokens.revokeText')}</Text>
          {revoke.error ? <ErrorNotice thrown={revoke.error} /> : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={question.close}>
              {t('common.cancel')}
            </Button>
            <Button color="red" loading={revoke.isPending} onClick={() => revoke.mutate()}>
              {t('tokens.revoke')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </li>
  )
}

function TokenList() {
  const { t } = useTranslation()
  const tokens = useQuery({ queryKey: TOKENS, queryFn: ({ signal }) => inboundApi.tokens(signal) })
  if (tokens.isPending) return <ListSkeleton rows={2} />
  if (!tokens.data) return <ErrorNotice thrown={tokens.error} onRetry={() => void tokens.refetch()} />
  if (tokens.data.length === 0)
    return <EmptyNotice icon={IconKey} title={t('tokens.emptyTitle')} text={t('tokens.emptyText')} />
  return (
    <Paper>
      <ul className="tw-list">
        {tokens.data.map(token => (
          <TokenItem key={token.id} token={token} />
        ))}
      </ul>
    </Paper>
  )
}

/** Keys of other programs; each is shown once. */
export function MachineTokens() {
  const { t } = useTranslation()
  const [opened, dialog] = useDisclosure(false)
  return (
    <section aria-label={t('tokens.title')}>
      <Group justify="space-between" gap="xs" mt="xl" mb="xs">
        <Title order={2}>{t('tokens.title')}</Title>
        <Button variant="default" leftSection={<IconPlus size={16} aria-hidden />} onClick={dialog.open}>
          {t('tokens.add')}
        </Button>
      </Group>
      <Text fz="sm" c="dimmed" mb="sm">
        {t('tokens.intro')}
      </Text>
      <TokenList />
      {/* The secret is shown once: a tap beside the dialog must not lose it. */}
      <Modal opened={opened} onClose={dialog.close} closeOnClickOutside={false} title={t('tokens.secretTitle')}>
        {opened ? <TokenForm onDone={dialog.close} /> : null}
      </Modal>
    </section>
  )
}
