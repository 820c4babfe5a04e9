import { existsSync, readdirSync } from 'node:fs'
import { defaultServerConditions } from 'vite'
import { defineConfig } from 'vitest/config'

/** Every workspace package is a project named by its folder: `vitest run --project packages/core`. */
const workspaces = ['packages', 'apps'].flatMap((folder) =>
  readdirSync(`${import.meta.dirname}/${folder}`)
    .map((name) => `${folder}/${name}`)
    .filter((path) => existsSync(`${import.meta.dirname}/${path}/package.json`)),
)

/** What a workspace needs before its tests: a database server, for instance. */
function globalSetup(path: string): { globalSetup?: string } {
  const file = `${import.meta.dirname}/${path}/test/global-setup.ts`
  return existsSync(file) ? { globalSetup: file } : {}
}

/** Where CI wants the result of each test as JSON; people read the default reporter alone. */
const report = process.env['TEST_REPORT']

export default defineConfig({
  // Tests read the sources of the other packages, not their last build.
  ssr: { resolve: { conditions: ['@kontor/source', ...defaultServerConditions] } },
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  test: {
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
    coverage: { provider: 'v8', include: ['{packages,apps}/*/src/**/*.ts'] },
    projects: [...workspaces, 'scripts'].map((path) => ({
      extends: true,
      test: { name: path, root: `${import.meta.dirname}/${path}`, ...globalSetup(path) },
    })),
  },
})
