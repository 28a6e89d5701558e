using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChatService.Data.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class HalfPrecision : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("ALTER TABLE message_embeddings ALTER COLUMN vector TYPE halfvec USING vector::halfvec");
            // Within their rows up to a page, and never compressed: unpacking them took ten times as long as comparing them.
            migrationBuilder.Sql("ALTER TABLE message_embeddings ALTER COLUMN vector SET STORAGE EXTERNAL, SET (toast_tuple_target = 8160)");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("ALTER TABLE message_embeddings ALTER COLUMN vector TYPE vector USING vector::vector");
            migrationBuilder.Sql("ALTER TABLE message_embeddings ALTER COLUMN vector SET STORAGE MAIN, RESET (toast_tuple_target)");
        }
    }
}
