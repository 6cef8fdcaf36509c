/// What became of the objects, in words and marks for a person and as data for a program.
///
/// [Judgement] is one condition and whether it is as it should be; [Report] is all of them with the
/// findings; [Table] prints it, [ReportTree] turns it into maps and lists, [JsonText] and
/// [YamlText] write those. Text and tree of other things (`...Text`, `...Tree`) stand beside them.
@NullMarked
package dev.postern.app.report;

import org.jspecify.annotations.NullMarked;
