import type { Bilingual } from '@tillwatch/rules'

/** What the audit trail says of tickets. */
export const ticketPhrases = {
  gone: (ticket: string, desk: string): Bilingual => ({
    ru: `Заявки ${ticket} в ${desk} больше нет: её удалили или закрыли к ней доступ. Новая не создаётся; работа идёт здесь.`,
    en: `Ticket ${ticket} is in ${desk} no more: it was deleted or access to it was taken away. No new one is made; work goes on here.`,
  }),
  merged: (ticket: string, into: string, desk: string): Bilingual => ({
    ru: `Заявку ${ticket} в ${desk} объединили с ${into}: новости пойдут туда комментариями, её статус решают люди.`,
    en: `Ticket ${ticket} in ${desk} was merged into ${into}: news go there as comments, its status is for people to decide.`,
  }),
  rated: (rating: number, desk: string): Bilingual => ({
    ru: `Оценка клиента в ${desk}: ${rating} из 5`,
    en: `The client's rating in ${desk}: ${rating} of 5`,
  }),
  doesNotFit: (desk: string, action: string, why: string): Bilingual => ({
    ru: `Изменение в ${desk} (${action}) не перенесено: ${why}`,
    en: `A change in ${desk} (${action}) was not taken over: ${why}`,
  }),
  apart: (ticket: string, desk: string, status: string, isSentAgain: boolean): Bilingual => ({
    ru: `Заявка ${ticket} в ${desk} расходится с инцидентом: там «${status}». ${isSentAgain ? 'Отправляем ещё раз то, что не прошло.' : 'Это решение людей, оно не отменяется: приведите в соответствие вручную.'}`,
    en: `Ticket ${ticket} in ${desk} says something else than the incident: “${status}”. ${isSentAgain ? 'What was refused is sent again.' : 'People decided so and it is not undone: bring the two in line by hand.'}`,
  }),
}
