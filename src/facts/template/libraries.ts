import type { FactContext } from '../types.ts'

/** First folders of templates that come with well-known libraries. */
const known =
  /^(admin|active_admin|administrate|allauth|account|socialaccount|mfa|registration|rest_framework|drf|django|debug_toolbar|crispy_forms|bootstrap\w*|tailwind\w*|uni_form|wagtail\w*|cms|oauth2_provider|two_factor|formtools|swagger\w*|govuk\w*|govuk_frontend_jinja|nunjucks|devise|kaminari|will_paginate|rails_admin|doorkeeper|spree|solidus\w*|refinery|blacklight|hyrax|alchemy|comfy|thredded|flask_\w+|security|appbuilder|airflow|superset|material|shared_mustache|mailboxer|pagination|vendor|FOS\w*|Sonata\w*|Theme\w*)$/i

/** Lock and dependency files that name the libraries of a repository. */
const lists = ['Gemfile.lock', 'Gemfile', 'requirements.txt', 'pyproject.toml', 'composer.json', 'package.json']

const textOf = new WeakMap<FactContext, Promise<string>>()

/** May a template of this folder come from a library? Its name is known, or a dependency begins with it. */
export async function mayBeLibrary(context: FactContext, name: string): Promise<boolean> {
  const first = /^([^/]+)\//.exec(name)?.[1]
  if (first === undefined) return false
  if (known.test(first)) return true
  const listed = textOf.get(context) ?? readLists(context)
  textOf.set(context, listed)
  return new RegExp(`(^|[\\s"'/])${first.replace(/[^\w]/g, '').replaceAll('_', '[-_]')}`, 'im').test(await listed)
}

async function readLists(context: FactContext): Promise<string> {
  const texts = await Promise.all(lists.map(path => context.change.trees.head.read(path)))
  return texts.filter(text => text !== undefined).join('\n')
}
