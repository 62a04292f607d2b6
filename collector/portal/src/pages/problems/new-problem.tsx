import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import { useCreateProblem } from '../../problem-queries.ts'
import { useMe } from '../../session.ts'
import { ErrorNotice } from '../../widgets/notice.tsx'

interface NewProblemProps {
  /** The incident that it is made from: gives the signature. */
  readonly incidentId?: string
  readonly title?: string
}

function NewProblemForm({ incidentId, title = '', onClose }: NewProblemProps & { readonly onClose: () => void }) {
  const { t } = useTranslation()
  const [, go] = useLocation()
  const [name, setName] = useState(title)
  const create = useCreateProblem(problemId => go(`/problems/${encodeURIComponent(problemId)}`))
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        create.mutate({ title: name.trim(), ...(incidentId === undefined ? {} : { incidentId }) })
      }}
    >
      <Stack>
        <TextInput
          data-autofocus
          required
          maxLength={200}
          label={t('problemBook.name')}
          placeholder={t('problemBook.namePlaceholder')}
          value={name}
          onChange={event => setName(event.currentTarget.value)}
        />
        {create.error ? <ErrorNotice thrown={create.error} /> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" disabled={name.trim() === ''} loading={create.isPending}>
            {t('problemBook.create')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** Begins a problem and leads to its page. Nothing for those who only look. */
export function NewProblem(props: NewProblemProps) {
  const { t } = useTranslation()
  const { mayWork } = useMe()
  const [opened, dialog] = useDisclosure(false)
  if (!mayWork) return null
  return (
    <>
      <Button
        size={props.incidentId === undefined ? 'sm' : 'xs'}
        variant={props.incidentId === undefined ? 'filled' : 'default'}
        leftSection={<IconPlus size={16} aria-hidden />}
        onClick={dialog.open}
      >
        {t('problemBook.create')}
      </Button>
      <Modal opened={opened} onClose={dialog.close} title={t('problemBook.createTitle')}>
        <NewProblemForm {...props} onClose={dialog.close} />
      </Modal>
    </>
  )
}
