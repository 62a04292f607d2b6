import { Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api.ts'
import { ApiProblem } from '../../api-client.ts'
import { ErrorNotice } from '../../widgets/notice.tsx'
import { CredentialsCard } from './credentials-card.tsx'

/** Name and password; stands in place of the page that was asked for. */
export default function LoginPage() {
  const { t } = useTranslation()
  const queryClient = useQueryClient()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const signIn = useMutation({
    mutationFn: api.signIn,
    onSuccess: me => queryClient.setQueryData(['session'], me),
  })
  const refused = signIn.error instanceof ApiProblem && [400, 401, 403].includes(signIn.error.status)
  return (
    <CredentialsCard title={t('session.title')} intro={t('session.intro')}>
      <form
        onSubmit={event => {
          event.preventDefault()
          signIn.mutate({ name: name.trim(), password })
        }}
      >
        <Stack>
          <TextInput
            label={t('session.name')}
            autoComplete="username"
            required
            autoFocus
            value={name}
            onChange={event => setName(event.currentTarget.value)}
          />
          <PasswordInput
            label={t('session.password')}
            autoComplete="current-password"
            required
            value={password}
            onChange={event => setPassword(event.currentTarget.value)}
          />
          {signIn.error ? (
            <ErrorNotice thrown={signIn.error} {...(refused ? { as: 'wrongLogin' as const } : {})} />
          ) : null}
          <Button type="submit" loading={signIn.isPending} disabled={name.trim().length < 2 || password === ''}>
            {t('session.submit')}
          </Button>
        </Stack>
      </form>
    </CredentialsCard>
  )
}
