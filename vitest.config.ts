import { defineConfig } from 'vitest/config';

export default defineConfig({
	// Types are stripped, nothing else: the portal's tsconfig extends one that its build generates.
	oxc: { tsconfig: false },
	test: {
		include: ['platform/**/*.test.ts', 'domains/**/*.test.ts', 'engines/**/*.test.ts', 'apps/**/*.test.ts'],
		exclude: ['**/node_modules/**', '**/build/**', '**/.svelte-kit/**'],
		globalSetup: ['./platform/testing.ts'],
		maxWorkers: 2,
		// A busy machine is slow, not wrong.
		testTimeout: 120_000,
		hookTimeout: 240_000,
		expect: { poll: { timeout: 30_000 } },
	},
});
