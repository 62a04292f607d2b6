import { Button, Group, Textarea } from '@mantine/core'
import { COMMENT_LENGTH_MAX } from '@tillwatch/shared/api'
import { useState } from 'react'
import { ErrorNotice } from './notice.tsx'

interface NoteFormProps {
  readonly label: string
  readonly placeholder: string
  readonly submit: string
  /** Resolves once it is written down; the field is empty then. */
  readonly onSend: (text: string) => Promise<unknown>
  readonly sending: boolean
  readonly error: unknown
}

/** A place for a word of a person above an audit trail. */
export function NoteForm({ label, placeholder, submit, onSend, sending, error }: NoteFormProps) {
  const [text, setText] = useState('')
  const said = text.trim()
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        // What went wrong is told by `error`, and the text stays.
        if (said)
          onSend(said).then(
            () => setText(''),
            () => undefined,
          )
      }}
    >
      <Textarea
        aria-label={label}
        placeholder={placeholder}
        autosize
        minRows={2}
        maxRows={10}
        maxLength={COMMENT_LENGTH_MAX}
        value={text}
        onChange={event => setText(event.currentTarget.value)}
      />
      {error ? <ErrorNotice thrown={error} /> : null}
      <Group justify="flex-end" mt="xs" mb="md">
        <Button type="submit" size="xs" variant="default" disabled={!said} loading={sending}>
          {submit}
        </Button>
      </Group>
    </form>
  )
}
