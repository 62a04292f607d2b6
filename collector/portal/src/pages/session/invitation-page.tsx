import { Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { IconLink } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'wouter'
import { api } from '../../api.ts'
import { PASSWORD_LENGTH_MIN } from '../../password.ts'
import { useInvitation } from '../../queries.ts'
import { EmptyNotice, ErrorNotice } from '../../widgets/notice.tsx'
import { CredentialsCard } from './credentials-card.tsx'

const NAME_LENGTH_MIN = 2

/** The token stands behind the hash, so that it never reaches a server's log. */
const tokenOf = (hash: string): string => new URLSearchParams(hash.replace(/^#/, '')).get('token') ?? ''

function NoToken() {
  const { t } = useTranslation()
  return (
    <main className="tw-alone">
      <EmptyNotice
        icon={IconLink}
        title={t('session.noTokenTitle')}
        text={t('session.noTokenText')}
        action={
          <Button component={Link} href="/" variant="default">
            {t('session.toLogin')}
          </Button>
        }
      />
    </main>
  )
}

function useAccept() {
  const queryClient = useQueryClient()
  const [, navigate] = useLocation()
  return useMutation({
    mutationFn: api.acceptInvitation,
    onSuccess: me => {
      queryClient.setQueryData(['session'], me)
      navigate('/', { replace: true })
    },
  })
}

function InvitationForm({ token }: { token: string }) {
  const { t } = useTranslation()
  const invitation = useInvitation(token)
  const accept = useAccept()
  const fixedName = invitation.data?.name ?? null
  const [typedName, setName] = useState('')
  const name = fixedName ?? typedName
  const [password, setPassword] = useState('')
  const [touched, setTouched] = useState(false)
  const nameShort = name.trim().length < NAME_LENGTH_MIN
  const passwordShort = password.length < PASSWORD_LENGTH_MIN
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        setTouched(true)
        if (!nameShort && !passwordShort) accept.mutate({ token, name: name.trim(), password })
      }}
    >
      <Stack>
        <TextInput
          label={t('session.name')}
          autoComplete="username"
          required
          autoFocus={fixedName === null}
          readOnly={fixedName !== null}
          maxLength={64}
          value={name}
          onChange={event => setName(event.currentTarget.value)}
          error={touched && nameShort ? t('session.nameShort', { count: NAME_LENGTH_MIN }) : null}
        />
        <PasswordInput
          label={t('session.newPassword')}
          description={t('session.passwordHint', { count: PASSWORD_LENGTH_MIN })}
          autoComplete="new-password"
          required
          maxLength={200}
          value={password}
          onChange={event => setPassword(event.currentTarget.value)}
          error={touched && passwordShort ? t('session.passwordShort', { count: PASSWORD_LENGTH_MIN }) : null}
        />
        {invitation.error ? <ErrorNotice thrown={invitation.error} /> : null}
        {accept.error ? <ErrorNotice thrown={accept.error} /> : null}
        <Button type="submit" loading={accept.isPending} disabled={invitation.isError}>
          {t('session.invitationSubmit')}
        </Button>
      </Stack>
    </form>
  )
}

/** One-time link: choose a name and a password, and be signed in. */
export default function InvitationPage() {
  const { t } = useTranslation()
  const [token] = useState(() => tokenOf(window.location.hash))
  if (!token) return <NoToken />
  return (
    <CredentialsCard title={t('session.invitationTitle')} intro={t('session.invitationIntro')}>
      <InvitationForm token={token} />
    </CredentialsCard>
  )
}
