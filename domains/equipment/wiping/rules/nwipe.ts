import { ok, type Result, refuse } from '@parvis/platform';
import { z } from 'zod';

export interface ToolReport {
	tool: string;
	toolVersion: string;
	/** Of the disk, not of the computer. */
	mediumSerial: string;
	model: string;
	bytes: number;
	done: boolean;
	startedAt: Date;
	endedAt: Date;
}

const seconds = z.number().int().positive().max(4_102_444_800);
const reportSchema = z.object({
	report_metadata: z.object({ software: z.literal('nwipe'), version: z.string().min(1).max(60) }),
	device: z.object({
		model: z.string().max(200),
		serial_no: z.string().max(100),
		size_bytes: z.number().int().nonnegative(),
	}),
	wipe_result: z.object({
		status: z.enum(['success', 'failure']),
		pass_errors: z.number().int().nonnegative(),
		verify_errors: z.number().int().nonnegative(),
		start_time: seconds,
		end_time: seconds,
	}),
});

/**
 * The JSON report that nwipe writes for a disk (`src/create_json.c` of nwipe, 2025). It overwrites; a report with errors of
 * writing or verifying is a failure whatever its status says.
 * @returns refused as `equipment.wipe_report_unreadable`
 */
export function readNwipeReport(text: string): Result<ToolReport> {
	let json: unknown;
	try {
		json = JSON.parse(text.replace(/^\uFEFF/, ''));
	} catch {
		return refuse('equipment.wipe_report_unreadable');
	}
	const parsed = reportSchema.safeParse(json);
	if (!parsed.success || parsed.data.wipe_result.end_time < parsed.data.wipe_result.start_time)
		return refuse('equipment.wipe_report_unreadable');
	const { report_metadata: metadata, device, wipe_result: result } = parsed.data;
	return ok({
		tool: 'nwipe',
		toolVersion: metadata.version,
		mediumSerial: device.serial_no.trim(),
		model: device.model.trim(),
		bytes: device.size_bytes,
		done: result.status === 'success' && result.pass_errors === 0 && result.verify_errors === 0,
		startedAt: new Date(result.start_time * 1000),
		endedAt: new Date(result.end_time * 1000),
	});
}
