/** The config of the demo: a marketplace that is simulated, and a warehouse that is a folder. */
export const demoConfig = (
  shopUrl: string,
): string => `# What "kontor demo" ran with. Change it and run "kontor run" in this folder.
store: ./kontor.db
connections:
  shop:
    plugin: "@kontor/plugin-backmarket"
    config: { region: eu, baseUrl: "${shopUrl}", company: Muster, integration: Kontor, contactEmail: kontor@example.com }
    credentials: { token: "\${env:DEMO_TOKEN}" }
    every: 2s
  warehouse:
    plugin: "@kontor/plugin-file"
    config: { folder: ./warehouse }
    every: 1s
flows:
  - { entity: orders, from: shop, to: warehouse, start: all }
  - { entity: shipments, from: warehouse, to: origin }
decide:
  shop: { accept: auto }
`

/** Packages the demo is made of, by the part they play. */
export const demoPackages = { shop: '@kontor/plugin-backmarket', warehouse: '@kontor/plugin-file/simulator' } as const
