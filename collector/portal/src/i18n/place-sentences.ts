/** What connectors say of the places where tickets go, in English and in Russian; the longer pieces come first. */
export const PLACE_PIECES: readonly (readonly [string, string])[] = [
  [
    'the service is known; the rest is proved by the first incident',
    'услуга известна; остальное проверит первое обращение',
  ],
  [
    'no assignee “{}” among the members of the project: give the name as Redmine shows it',
    'исполнителя «$1» среди участников проекта нет: укажите имя так, как его показывает Redmine',
  ],
  [
    'no team “{}” among the groups of the project: give the name as Redmine shows it',
    'группы «$1» среди участников проекта нет: укажите название так, как его показывает Redmine',
  ],
  ['no field “{}” in queue {}; there are: ', 'поля «$1» в очереди $2 нет; есть: '],
  ['no project “{}” in {}; there are: ', 'проекта «$1» нет ($2); есть: '],
  ['no type “{}” in {}; there are: ', 'типа «$1» нет ($2); есть: '],
  ['no category “{}” in {}; there are: ', 'категории «$1» нет ($2); есть: '],
  [
    'no field “{}” on issues of the place: give its number; there are: ',
    'поля «$1» у заявок этого места нет: укажите его номер; есть: ',
  ],
  ['no field “{}” in {}; there are: ', 'поля «$1» нет ($2); есть: '],
  ['no service {} that the desk knows: ', 'услуга $1 службе неизвестна: '],
]
