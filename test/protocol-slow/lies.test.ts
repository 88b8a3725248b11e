import { tellLies } from '../protocol/lies.ts';

tellLies(Number(process.env['LIES'] ?? 10_000));
