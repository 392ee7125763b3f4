const outside = (path) => ({ pathNot: path });

/** The floors of the house, as docs/architecture.md draws them. */
module.exports = {
	forbidden: [
		{
			name: 'no-cycle',
			comment: 'Two files that need each other are one file, or lack a third.',
			severity: 'error',
			from: {},
			to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
		},
		{
			name: 'platform-is-the-ground',
			severity: 'error',
			from: { path: '^platform/' },
			to: { path: '^(domains|engines|apps)/' },
		},
		{
			name: 'engines-are-pure',
			comment: 'No platform, no neighbour, no Node module that reads or writes; threads only compute.',
			severity: 'error',
			from: { path: '^engines/([^/]+)/', pathNot: '\\.(test|bench)\\.ts$|/bench/' },
			to: {
				path: '^(platform|domains|apps)/|^engines/(?!$1/)|^node:(?!worker_threads$)|^(fs|net|http|child_process)$',
			},
		},
		{
			name: 'domains-do-not-climb',
			severity: 'error',
			from: { path: '^domains/' },
			to: { path: '^apps/' },
		},
		{
			name: 'rooms-by-their-face',
			comment: 'A room is entered by its index.ts only.',
			severity: 'error',
			from: { path: '^domains/([^/]+)/' },
			to: { path: '^domains/(?!$1/)[^/]+/', ...outside('^domains/[^/]+/index\\.ts$') },
		},
		{
			name: 'apps-by-the-face',
			comment: 'Commands may load a room’s benchmark; the rest enters by index.ts.',
			severity: 'error',
			from: { path: '^apps/' },
			to: { path: '^(domains|engines)/[^/]+/', ...outside('^(domains|engines)/[^/]+/(index\\.ts|bench/)') },
		},
		{
			name: 'portal-imports-types-only',
			comment:
				'The server hands the rooms over: a module is never loaded twice. What browsers run is bundled on its own.',
			severity: 'error',
			from: { path: '^apps/portal/', pathNot: '^apps/portal/(tests|src/lib/(scripts|field))/' },
			to: { path: '^(platform|domains|engines|apps/server)/', dependencyTypesNot: ['type-only'] },
		},
		{
			name: 'demo-town-stays-outside',
			comment: 'It speaks to the platform by MQTT and HTTP, as any town’s devices do.',
			severity: 'error',
			from: { path: '^apps/demo-town/', pathNot: '\\.test\\.ts$' },
			to: { path: '^(platform|domains|engines|apps/(server|portal))/' },
		},
	],
	options: {
		doNotFollow: { path: 'node_modules' },
		exclude: { path: '(^|/)(node_modules|build|\\.svelte-kit)/' },
		tsPreCompilationDeps: true,
		tsConfig: { fileName: 'tsconfig.json' },
		enhancedResolveOptions: {
			exportsFields: ['exports'],
			conditionNames: ['import', 'node', 'default', 'types'],
		},
	},
};
