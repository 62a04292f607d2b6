import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconRefresh } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ErrorNotice } from './notice.tsx'

interface ReloadFilesProps<View> {
  /** Key of the query that shows the files. */
  readonly queryKey: readonly string[]
  readonly reload: () => Promise<View>
  readonly label: string
  /** Said when no file was refused; what was refused stands on the page itself. */
  readonly done: string
}

/** Has customers' files read again, and shows what is in force now. */
export function ReloadFiles<View extends { readonly refused: readonly unknown[] }>(props: ReloadFilesProps<View>) {
  const { queryKey, label, done } = props
  const queryClient = useQueryClient()
  const reload = useMutation({
    mutationFn: props.reload,
    onSuccess: view => {
      queryClient.setQueryData(queryKey, view)
      if (view.refused.length === 0) notifications.show({ message: done, color: 'green' })
    },
  })
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconRefresh size={16} aria-hidden />}
        loading={reload.isPending}
        onClick={() => reload.mutate()}
      >
        {label}
      </Button>
      {reload.error ? <ErrorNotice thrown={reload.error} /> : null}
    </>
  )
}
