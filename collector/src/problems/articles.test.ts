import { expect, it } from 'vitest'
import { articleOf, readArticles } from './articles.ts'

it('R102: a runbook is an article in both languages with its title and its beginning', () => {
  const article = articleOf('x.y', '# Касса\n\nПорт `COM1` занят.\n\n# Register\n\nThe port is taken.\n')
  expect(article).toMatchObject({
    title: { ru: 'Касса', en: 'Register' },
    excerpt: { ru: 'Порт COM1 занят.', en: 'The port is taken.' },
  })
})

it('the beginning of a runbook is sentences, rows of its tables too', () => {
  const { excerpt } = articleOf(
    'x.y',
    '# Флаги\n\nСмотрите флаг.\n\n| флаг | что делать |\n| --- | --- |\n| `fn_full` | Замените ФН. |\n\nПозвоните.\n',
  )
  expect(excerpt.ru).toBe('Смотрите флаг. fn_full: Замените ФН. Позвоните.')
})

it('R102: every runbook that ships has a title in both languages', async () => {
  const articles = await readArticles(new URL('../../../docs/runbooks/', import.meta.url))
  expect(articles.length).toBeGreaterThan(5)
  for (const { name, title, excerpt } of articles)
    for (const text of [title.ru, title.en, excerpt.ru, excerpt.en]) expect(text, name).not.toBe('')
})
